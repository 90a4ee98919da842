package io.voronode.shardnode.partition;

import java.time.Duration;

/**
 * Bounds of one partition replica. Tests make them small.
 *
 * @param queuedOperations operations that may wait for a log entry; more are refused with a retry delay
 * @param queuedBytes bytes that may wait for a log entry
 * @param entriesInFlight log entries proposed and not yet applied
 * @param snapshotBytes log bytes after which a snapshot is taken
 * @param snapshotInterval time after which a snapshot is taken if anything was written
 * @param feedEntriesKept log entries whose feed rows are kept in any case
 * @param feedBytesKept bytes of feed rows above which even unread ones go
 * @param logSegmentBytes size of a file of the Raft log; only whole files are ever purged
 * @param logBytesKept bytes of the Raft log above which files go that a snapshot contains, even if a follower that is away lacks them
 */
public record PartitionLimits(
        int queuedOperations,
        long queuedBytes,
        int entriesInFlight,
        long snapshotBytes,
        Duration snapshotInterval,
        long feedEntriesKept,
        long feedBytesKept,
        long logSegmentBytes,
        long logBytesKept) {
    public static final PartitionLimits DEFAULTS = new PartitionLimits(
            8_192, 64L << 20, 8, 256L << 20, Duration.ofMinutes(10), 50_000, 1L << 30, 32L << 20, 256L << 20);

    public PartitionLimits {
        requirePositive("queuedOperations", queuedOperations);
        requirePositive("queuedBytes", queuedBytes);
        requirePositive("entriesInFlight", entriesInFlight);
        requirePositive("snapshotBytes", snapshotBytes);
        requirePositive("snapshotInterval", snapshotInterval.toMillis());
        requirePositive("feedEntriesKept", feedEntriesKept);
        requirePositive("feedBytesKept", feedBytesKept);
        requirePositive("logSegmentBytes", logSegmentBytes);
        requirePositive("logBytesKept", logBytesKept);
    }

    /** The same, with other bounds of the log. */
    public PartitionLimits withLog(long snapshot, long segment, long kept) {
        return new PartitionLimits(
                queuedOperations,
                queuedBytes,
                entriesInFlight,
                snapshot,
                snapshotInterval,
                feedEntriesKept,
                feedBytesKept,
                segment,
                kept);
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " " + value + " < 1");
        }
    }
}
