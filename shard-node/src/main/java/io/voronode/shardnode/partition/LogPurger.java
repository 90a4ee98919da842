package io.voronode.shardnode.partition;

import io.voronode.shardnode.partition.LogFolder.LogFile;
import java.io.IOException;
import java.util.List;
import org.apache.ratis.server.raftlog.RaftLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the bytes of one replica's Raft log. What the newest snapshot contains and every peer has committed goes, so that no peer that works
 * ever lacks an entry. Ratis lets it go too, but only at the moment of a snapshot: what a peer that is slow then had not yet committed would
 * stay until the next one. A peer that is away would hold the log for ever, so above the bound the oldest files go as far as the newest
 * snapshot contains them: that peer is sent the snapshot instead. When it is back, what it lacks behind that is kept, up to another bound, or
 * it would need the next snapshot as soon as it has this one. Called by the keeper only.
 */
final class LogPurger {
    private static final Logger LOG = LoggerFactory.getLogger(LogPurger.class);

    private final PartitionReplica replica;
    private final long bytesKept;

    LogPurger(PartitionReplica replica, long bytesKept) {
        this.replica = replica;
        this.bytesKept = bytesKept;
    }

    /**
     * What the log is wanted for.
     *
     * @param snapshot the index of the newest snapshot; what is behind it is never let go
     * @param committedByAll the last index that every peer is known to have committed
     * @param matched the last index that every follower has which answers; the log must still have this one, for Ratis asks the follower for it
     */
    record Wanted(long snapshot, long committedByAll, long matched) {}

    /**
     * Begins to delete what is too much; may be called again before that is done.
     *
     * @param heldBytes by which the bound may be exceeded for followers that answer
     */
    void purge(long heldBytes) {
        RaftLog log = replica.division().log();
        if (log == null) {
            return;
        }
        try {
            long upto = lastToGo(
                    LogFolder.files(replica.logFolder()),
                    bytesKept,
                    heldBytes,
                    new Wanted(
                            replica.machine().snapshotIndex(),
                            replica.changesPeers() ? -1 : replica.division().committedByAll(),
                            replica.division().matchedByAnswering()));
            // A log without entries begins at −1.
            if (upto >= 0 && upto >= log.getStartIndex()) {
                LOG.info("partition {}: its log goes up to {}", replica.partition(), upto);
                var _ = log.purge(upto);
            }
        } catch (IOException e) {
            LOG.warn("partition {}: the size of its log is not known", replica.partition(), e);
        }
    }

    /** The last index of the newest file that must go; −1: none. Files are in the order of their entries. */
    static long lastToGo(List<LogFile> files, long bytesKept, long heldBytes, Wanted wanted) {
        long excess = LogFolder.bytes(files) - bytesKept;
        long upto = -1;
        for (LogFile file : files) {
            boolean isLacked = file.last() >= wanted.matched() && excess <= heldBytes;
            boolean isUnwanted = file.last() < wanted.committedByAll() || (excess > 0 && !isLacked);
            if (!isUnwanted || file.open() || file.last() > wanted.snapshot()) {
                break;
            }
            upto = file.last();
            excess -= file.bytes();
        }
        return upto;
    }
}
