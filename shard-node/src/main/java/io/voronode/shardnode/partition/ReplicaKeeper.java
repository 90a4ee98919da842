package io.voronode.shardnode.partition;

import io.voronode.wire.VoronodeException;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.server.DivisionInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after one replica, a few times a second, on the host's keeper thread: takes snapshots by bytes and time, starts the assigner and
 * trims the feed while it leads, nudges followers that lag, starts a new voter that Ratis would let wait, and opens a division again
 * that Ratis has closed, so that none becomes a silent zombie.
 */
final class ReplicaKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaKeeper.class);
    private static final long TRIM_INTERVAL_MS = 5_000;
    private static final long NUDGE_INTERVAL_MS = 3_000;
    /** Log kept for a new peer, as a multiple of what usually makes a snapshot due. */
    private static final long MAX_HELD_SNAPSHOTS = 16;

    /** Longer than a leader takes to find a peer again. */
    private static final long HALF_JOINED_MS = 5_000;

    private static final long FIRST_RETRY_MS = 1_000;
    private static final long MAX_RETRY_MS = 60_000;

    private final PartitionReplica replica;
    private final RaftAdmin admin;
    private final HostContext context;
    private final FeedTrimmer trimmer;
    private final AssignTask assign;

    /** False while the host still forms or opens the group. */
    private volatile boolean ready;

    private @Nullable Long halfJoinedSinceMs;
    private long leadingTerm = -1;
    private long nextTrimMs = tickMs();
    private long nextNudgeMs = tickMs();
    private long lastSnapshotMs;
    private CompletableFuture<?> snapshot = CompletableFuture.completedFuture(null);
    private long retryDelayMs = FIRST_RETRY_MS;
    private long nextRetryMs = tickMs();

    ReplicaKeeper(PartitionReplica replica, RaftAdmin admin, HostContext context, FeedTrimmer trimmer) {
        this.replica = replica;
        this.admin = admin;
        this.context = context;
        this.trimmer = trimmer;
        this.assign = new AssignTask(replica, context.maps());
        this.lastSnapshotMs = tickMs();
    }

    PartitionReplica replica() {
        return replica;
    }

    /** The group has been formed or opened, or has failed to: from now on this keeps it open. */
    void begin() {
        ready = true;
    }

    void tend() {
        if (!ready) {
            return;
        }
        try {
            if (isOpen()) {
                tendOpen();
            } else {
                reopenWhenDue();
            }
        } catch (VoronodeException e) {
            LOG.debug("partition {} is changing state", replica.partition(), e);
        }
    }

    private boolean isOpen() {
        DivisionInfo info = replica.info();
        return info != null && info.isAlive() && replica.machine().failure() == null;
    }

    private void tendOpen() {
        replica.fail(null);
        retryDelayMs = FIRST_RETRY_MS;
        DivisionInfo info = replica.info();
        if (info == null) {
            return;
        }
        if (!info.getLifeCycleState().isRunning()) {
            startHalfJoinedWhenDue();
            return;
        }
        halfJoinedSinceMs = null;
        snapshotWhenDue();
        if (!replica.isReadyLeader()) {
            return;
        }
        if (info.getCurrentTerm() != leadingTerm) {
            leadingTerm = info.getCurrentTerm();
            // The first entry of a group makes its lineage; in any term it proves the lead.
            var _ = replica.barrier().whenComplete(this::logFailure);
        }
        assign.startIfNeeded();
        trimWhenDue();
        nudgeWhenDue(info);
    }

    /**
     * A peer whose log ends with the configuration that makes it a voter votes from then on, by Raft; but Ratis, when it opens such a
     * division, lets it wait for a leader without voting. If the others need its vote to make one, as the first of two does, all wait
     * for ever. So one that hears from nobody is started by its keeper.
     */
    private void startHalfJoinedWhenDue() {
        if (!replica.isHalfJoined()) {
            halfJoinedSinceMs = null;
        } else if (halfJoinedSinceMs == null) {
            halfJoinedSinceMs = tickMs();
        } else if (tickMs() - halfJoinedSinceMs >= HALF_JOINED_MS) {
            halfJoinedSinceMs = null;
            LOG.warn("partition {}: this voter heard from no leader and is started without one", replica.partition());
            replica.startHalfJoined(admin);
        }
    }

    private void logFailure(Object ignored, Throwable error) {
        if (error != null) {
            LOG.debug("partition {}: a keeper's entry was not committed", replica.partition(), error);
        }
    }

    private void snapshotWhenDue() {
        long bytes = replica.machine().bytesSinceSnapshot();
        PartitionLimits limits = context.limits();
        boolean timeOver = tickMs() - lastSnapshotMs > limits.snapshotInterval().toMillis();
        if (snapshot.isDone() && !isHeldBack(bytes) && (bytes > limits.snapshotBytes() || (timeOver && bytes > 0))) {
            lastSnapshotMs = tickMs();
            snapshot = admin.snapshot(replica.groupId()).whenComplete(this::logSnapshot);
        }
    }

    /**
     * A snapshot lets the log before it go, which a new peer that is being filled from the last snapshot needs next: under steady writes it
     * would be sent one snapshot after the other for ever. So the next one waits, up to a bound of bytes.
     */
    private boolean isHeldBack(long bytes) {
        return replica.changesPeers()
                && bytes < MAX_HELD_SNAPSHOTS * context.limits().snapshotBytes();
    }

    private void logSnapshot(Object ignored, Throwable error) {
        if (error != null) {
            LOG.warn("partition {}: no snapshot could be taken", replica.partition(), error);
        }
    }

    private void trimWhenDue() {
        if (tickMs() >= nextTrimMs) {
            nextTrimMs = tickMs() + TRIM_INTERVAL_MS;
            trimmer.trim(replica);
        }
    }

    /** In an idle group a follower that restarted empty is refused for ever; an entry moves it on (RATIS-2523). */
    private void nudgeWhenDue(DivisionInfo info) {
        if (tickMs() < nextNudgeMs) {
            return;
        }
        nextNudgeMs = tickMs() + NUDGE_INTERVAL_MS;
        long[] matched = info.getFollowerMatchIndices();
        if (matched == null) {
            return;
        }
        for (long index : matched) {
            if (index < info.getLastAppliedIndex()) {
                var _ = replica.barrier().whenComplete(this::logFailure);
                return;
            }
        }
    }

    private void reopenWhenDue() {
        noteFailure();
        leadingTerm = -1;
        long now = tickMs();
        if (now < nextRetryMs) {
            return;
        }
        nextRetryMs = now + retryDelayMs;
        retryDelayMs = Math.min(MAX_RETRY_MS, 2 * retryDelayMs);
        reopen();
    }

    private void noteFailure() {
        String why = replica.machine().failure();
        if (why != null) {
            replica.fail(why);
        } else if (replica.failure() == null) {
            replica.fail("its Raft division is closed");
        }
    }

    /** Opens what is on the disk; the failure of the last attempt stays visible until one succeeds. */
    void reopen() {
        try {
            if (!context.files().hasLog(replica.target())) {
                throw new VoronodeException.Corruption(
                        "the Raft log of group " + replica.groupId()
                                + " is missing; it must not vote again under this peer id",
                        null);
            }
            if (replica.info() != null) {
                admin.remove(replica.groupId());
            }
            admin.add(replica.target(), false);
            replica.fail(null);
        } catch (VoronodeException e) {
            LOG.error("partition {} cannot be opened", replica.partition(), e);
            replica.fail(e.getMessage());
        }
    }

    /** Only moves forward, whatever happens to the wall clock. */
    private static long tickMs() {
        return System.nanoTime() / 1_000_000;
    }

    void close() {
        assign.close();
        replica.close();
    }
}
