package io.voronode.shardnode.shard;

import java.util.concurrent.TimeUnit;

/**
 * When a replica publishes what it has applied. Changes every {@link #INTERVAL}, or less often where that takes long, up to {@link
 * #LONGEST}: publishing makes small segments, and may take one part in {@value #SHARE} of the time of the thread that applies. At once, not
 * under {@link #SHORTEST}, where somebody waits or only watermarks have moved. Owned by that thread; times are of System.nanoTime.
 */
final class PublishPace {
    static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);
    static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(2);
    static final long LONGEST = TimeUnit.SECONDS.toNanos(1);
    private static final int SHARE = 10;

    private long startedNanos;
    private long interval = INTERVAL;

    PublishPace(long nowNanos) {
        startedNanos = nowNanos;
    }

    /** When the next one is due. */
    long dueNanos(boolean changed, boolean awaited) {
        return startedNanos + (awaited || !changed ? SHORTEST : interval);
    }

    void starts(long nowNanos) {
        startedNanos = nowNanos;
    }

    /** That of changes has ended; others take no time worth counting. */
    void publishedChanges(long nowNanos) {
        interval = Math.clamp(SHARE * (nowNanos - startedNanos), INTERVAL, LONGEST);
    }
}
