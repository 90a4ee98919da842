package io.voronode.shardnode.partition;

import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.raftlog.RaftLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the Raft log of one open replica short: snapshots by bytes and time, after them the purge of what is too much, and of what broken-off
 * installs left. Notes how far the log must reach, makes votes durable, and fails a division that could not write them. Called by the keeper
 * only.
 */
final class LogCare {
    private static final Logger LOG = LoggerFactory.getLogger(LogCare.class);
    private static final long PURGE_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final Duration CLEAR_INTERVAL = Duration.ofSeconds(10);
    private static final Duration MARK_INTERVAL = Duration.ofSeconds(5);
    /** A snapshot of which nothing came for so long has been given up by its leader. */
    private static final Duration MAX_INSTALL_SILENCE = Duration.ofMinutes(1);
    /** Log kept for a peer that is being filled, as a multiple of what usually makes a snapshot due. */
    private static final long MAX_HELD_SNAPSHOTS = 16;

    private final PartitionReplica replica;
    private final RaftAdmin admin;
    private final HostContext context;
    private final PartitionLimits limits;
    private final LogPurger purger;
    private final VoteSync voteSync = new VoteSync();
    private final UnwrittenVotes unwrittenVotes = new UnwrittenVotes(System::nanoTime);
    private final Errand clearing;
    private final Errand marking;
    private final Errand syncingVotes;
    private CompletableFuture<?> snapshot = CompletableFuture.completedFuture(null);
    private long snapshotNanos = System.nanoTime();
    private long purgeNanos = System.nanoTime();

    LogCare(PartitionReplica replica, RaftAdmin admin, HostContext context) {
        this.replica = replica;
        this.admin = admin;
        this.context = context;
        this.limits = context.limits();
        this.purger = new LogPurger(replica, limits.logBytesKept());
        this.clearing = new Errand(CLEAR_INTERVAL, context.completions(), this::clearInstalls);
        this.marking = new Errand(MARK_INTERVAL, context.completions(), this::markApplied);
        this.syncingVotes = new Errand(Duration.ZERO, context.completions(), this::syncVotes);
    }

    void tend() {
        syncingVotes.runWhenDue();
        snapshotWhenDue();
        purgeWhenDue();
        clearing.runWhenDue();
        marking.runWhenDue();
    }

    private void snapshotWhenDue() {
        long bytes = replica.machine().bytesSinceSnapshot();
        long now = System.nanoTime();
        boolean timeOver = now - snapshotNanos > limits.snapshotInterval().toNanos();
        if (snapshot.isDone() && !isHeldBack(bytes) && (bytes > limits.snapshotBytes() || (timeOver && bytes > 0))) {
            snapshotNanos = now;
            snapshot = admin.snapshot(replica.groupId()).whenComplete(this::logSnapshot);
        }
    }

    /**
     * A snapshot lets the log before it go, which a peer that is being filled from the last snapshot needs next: under steady writes it
     * would be sent one snapshot after the other for ever. So the next one waits, up to a bound of bytes.
     */
    private boolean isHeldBack(long bytes) {
        return (replica.changesPeers() || hasFollowerBehindTheLog()) && bytes < heldBytes();
    }

    private boolean hasFollowerBehindTheLog() {
        RaftLog log = replica.division().log();
        return log != null && replica.division().matchedByAnswering() < log.getStartIndex() - 1;
    }

    private long heldBytes() {
        return context.freeSpace().isLow() ? 0 : MAX_HELD_SNAPSHOTS * limits.snapshotBytes();
    }

    private void logSnapshot(Object ignored, Throwable error) {
        if (error != null && RaftErrors.isTimeout(error)) {
            // Ratis times requests by a clock that goes on when they are answered, and lets it strike whichever waits
            // then.
            LOG.debug("partition {}: a snapshot was given up", replica.partition(), error);
        } else if (error != null) {
            LOG.warn("partition {}: no snapshot could be taken", replica.partition(), error);
        }
    }

    private void purgeWhenDue() {
        long now = System.nanoTime();
        if (now - purgeNanos >= PURGE_INTERVAL_NANOS) {
            purgeNanos = now;
            purger.purge(heldBytes());
        }
    }

    private void clearInstalls() {
        InstallFolders installs = new InstallFolders(context.files().group(replica.groupId()));
        try {
            installs.clearUntouchedSince(context.clock().instant().minus(MAX_INSTALL_SILENCE));
        } catch (IOException e) {
            LOG.warn("partition {}: what broken-off installs left could not be deleted", replica.partition(), e);
        }
    }

    private void syncVotes() {
        PartitionStateMachine machine = replica.machine();
        DivisionInfo info = replica.division().info();
        try {
            voteSync.sync(replica.logFolder());
            if (info != null && unwrittenVotes.found(replica.logFolder(), info.getCurrentTerm())) {
                votesFailed(machine, "term " + info.getCurrentTerm() + " is not on the disk");
            }
        } catch (VoronodeException.Corruption e) {
            votesFailed(machine, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            LOG.warn("partition {}: its votes may not be durable yet", replica.partition(), e);
        }
    }

    private void votesFailed(PartitionStateMachine machine, String why) {
        if (machine.failure() == null) {
            LOG.error("partition {}: its votes could not be written: {}", replica.partition(), why);
            machine.fail("its votes could not be written: " + why);
        }
    }

    private void markApplied() {
        try {
            replica.machine().markApplied();
        } catch (IOException e) {
            LOG.warn("partition {}: how far its log reaches could not be noted", replica.partition(), e);
        }
    }
}
