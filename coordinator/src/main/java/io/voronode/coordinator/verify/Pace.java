package io.voronode.coordinator.verify;

import io.voronode.coordinator.route.CallTime;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Keeps work below a number of things a second, on average since its start. Used by one thread. */
final class Pace {
    private static final long SLICE_MS = 500;

    private final int perSecond;
    private final LongSupplier nanoTime;
    private long dueNanos;

    Pace(int perSecond, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
        this.dueNanos = nanoTime.getAsLong();
    }

    /** So many have been done. */
    void done(long count) {
        dueNanos = Math.max(dueNanos, nanoTime.getAsLong() - TimeUnit.SECONDS.toNanos(1))
                + (long) (count * (double) TimeUnit.SECONDS.toNanos(1) / perSecond);
    }

    /** How long to wait before the next, in milliseconds. */
    long leftMs() {
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(dueNanos - nanoTime.getAsLong()));
    }

    /**
     * Waits until there may be more, or a part of that.
     *
     * @return whether there may be more now
     */
    boolean await() {
        long left = leftMs();
        return left == 0 || (CallTime.pause(Math.min(left, SLICE_MS)) && leftMs() == 0);
    }
}
