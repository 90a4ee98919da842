package io.voronode.shardnode.feed;

import java.util.concurrent.TimeUnit;

/**
 * Holds all scans of this node together to so many bytes a second, so that shards that are built from rows leave the disk and the network to
 * those who search and write. Each batch takes its place in time when it is read; who comes later waits for those before, but none for longer
 * than ten seconds: so many scans at once that a batch would wait longer go faster than they should, because whoever builds
 * from a scan takes one that is silent for dead. Any thread.
 */
public final class ScanThrottle {
    static final long MAX_WAIT_NANOS = 10_000_000_000L;

    private long bytesPerSecond;
    private long freeNanos = System.nanoTime();

    /** From the next batch on; 0: as fast as it goes. */
    public synchronized void limit(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Waits until a batch of this size may go. */
    void await(long bytes) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(reserve(bytes, System.nanoTime()));
    }

    /** How long the batch has to wait; its time is taken from now on. */
    synchronized long reserve(long bytes, long nowNanos) {
        if (bytesPerSecond == 0) {
            return 0;
        }
        long start = Math.min(Math.max(freeNanos, nowNanos), nowNanos + MAX_WAIT_NANOS);
        freeNanos = start + Math.round(1e9 * bytes / bytesPerSecond);
        return start - nowNanos;
    }
}
