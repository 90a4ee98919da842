package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.StoredDamage;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes one replica as soon as damage is met in its files, and keeps it closed. Where other voters have the rows, the damage is noted on the
 * disk, as soon as that takes it, and the replica waits to be filled anew ({@link Quarantine}); the only copy stays as it is, closed until this
 * process starts again, for whoever repairs it. Called by the keeper, one call at a time.
 */
final class DamageWatch {
    private static final Logger LOG = LoggerFactory.getLogger(DamageWatch.class);

    private final PartitionReplica replica;
    private final RaftAdmin admin;
    private final HostContext context;
    private volatile CompletableFuture<?> closing = CompletableFuture.completedFuture(null);
    private volatile boolean lookedForNote;
    /** What the disk has not taken yet. */
    private volatile @Nullable StoredDamage toNote;

    DamageWatch(PartitionReplica replica, RaftAdmin admin, HostContext context) {
        this.replica = replica;
        this.admin = admin;
        this.context = context;
    }

    /** Whether the replica must not be open, because of damage noted before or met just now. */
    boolean keepsClosed() {
        VoronodeException.Corruption found = replica.health().takeMet();
        if (!lookedForNote) {
            takeNoteOfBefore();
            lookedForNote = true;
        }
        if (replica.health().damage() == null && found != null) {
            met(found);
        }
        noteOnDisk();
        return replica.health().damage() != null;
    }

    private void takeNoteOfBefore() {
        try {
            StoredDamage before = context.quarantine().damage(replica.partition());
            if (before != null) {
                LOG.error("partition {} stays closed: {}", replica.partition(), before.getDamage());
                replica.health().damaged(before);
                replica.health().noted();
            }
        } catch (IOException e) {
            throw new VoronodeException.Unavailable(
                    "it is not known whether partition " + replica.partition() + " is damaged", e);
        }
    }

    /**
     * A peer without its log or its votes would vote without its past, and Ratis would make both anew in silence.
     *
     * @throws VoronodeException.Corruption if they are not there, or the votes cannot be read
     */
    void requireFiles() {
        String own = context.server().getId().toString();
        if (replica.target().getPeersList().stream()
                .noneMatch(peer -> peer.getPeerId().equals(own))) {
            throw new VoronodeException.Corruption(
                    "the files of group " + replica.groupId() + " are those of another peer than " + own, null);
        }
        Path group = context.files().group(replica.groupId());
        if (!context.files().hasLog(replica.target())) {
            throw new VoronodeException.Corruption(
                    "the Raft log " + group + " is missing; it must not vote again under this peer id", null);
        }
        requireVotes();
    }

    /** Ratis cannot open a group whose votes it cannot read, however often it tries; and what it reads must stay. */
    private void requireVotes() {
        try {
            Votes.read(replica.logFolder());
            FolderFiles.syncOne(replica.logFolder());
        } catch (IOException e) {
            throw new VoronodeException.Unavailable(
                    "the votes of partition " + replica.partition() + " are not known", e);
        }
    }

    void met(VoronodeException.Corruption damage) {
        LOG.error("partition {} is damaged and is closed", replica.partition(), damage);
        String what = String.valueOf(damage.getMessage());
        if (isHeldElsewhere()) {
            StoredDamage known = Quarantine.fillable(what);
            replica.health().damaged(known);
            toNote = known;
            noteOnDisk();
        } else {
            replica.health().damaged(StoredDamage.newBuilder().setDamage(what).build());
        }
        if (toNote != null) {
            LOG.error(
                    "partition {}: the disk does not take a note of the damage; that is tried again",
                    replica.partition());
        }
        close();
    }

    private void close() {
        if (replica.division().info() != null) {
            closing = CompletableFuture.runAsync(() -> admin.remove(replica.groupId()), context.completions())
                    .whenComplete((ignored, error) -> {
                        if (error != null) {
                            LOG.warn("partition {}: the damaged replica was not closed", replica.partition(), error);
                        }
                    });
        }
    }

    /** Waits until the group is closed, for its store waits for whoever still reads; whether nothing of it is open any more, as far as is known. */
    boolean awaitClosed(Duration atMost) {
        try {
            closing.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            LOG.debug("partition {}: closed without an end", replica.partition(), e);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void noteOnDisk() {
        StoredDamage known = toNote;
        if (known == null) {
            return;
        }
        try {
            context.quarantine().note(replica.partition(), known);
            replica.health().noted();
            toNote = null;
        } catch (IOException e) {
            LOG.debug("partition {}: the damage could not be noted", replica.partition(), e);
        }
    }

    /** Whether the other voters are a majority without this one, or this one was only on its way to become a voter. */
    private boolean isHeldElsewhere() {
        PartitionTarget target = replica.target();
        String own = context.server().getId().toString();
        boolean joins =
                target.getPeersList().stream().anyMatch(peer -> peer.getPeerId().equals(own) && peer.getJoining());
        long others = target.getPeersList().stream()
                .filter(peer -> !peer.getJoining() && !peer.getPeerId().equals(own))
                .map(PartitionPeer::getPeerId)
                .count();
        return others >= 2 || (joins && others == 1);
    }
}
