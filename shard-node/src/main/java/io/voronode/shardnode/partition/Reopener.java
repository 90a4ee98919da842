package io.voronode.shardnode.partition;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Tries to open one division again, slower each time, on a thread of its own: an attempt may hang, and nothing else must wait for it. Where
 * the disk was too full it tries at once when there is room again. Called by the keeper only.
 */
final class Reopener {
    private static final long FIRST_DELAY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_DELAY_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Runnable open;
    private final Executor executor;
    private final BooleanSupplier diskIsFull;
    private final LongSupplier nanoClock;

    private CompletableFuture<?> attempt = CompletableFuture.completedFuture(null);
    private long delayNanos = FIRST_DELAY_NANOS;
    private long dueNanos;
    private boolean diskWasFull;

    /** The runnable makes one attempt and throws nothing. */
    Reopener(Runnable open, Executor executor, BooleanSupplier diskIsFull, LongSupplier nanoClock) {
        this.open = open;
        this.executor = executor;
        this.diskIsFull = diskIsFull;
        this.nanoClock = nanoClock;
        this.dueNanos = nanoClock.getAsLong();
    }

    /** Whether an attempt has begun that has not ended. */
    boolean isUnderWay() {
        return !attempt.isDone();
    }

    /** The division works: the next failure is a new one. */
    void works() {
        delayNanos = FIRST_DELAY_NANOS;
        diskWasFull = false;
    }

    /** The division does not work: makes an attempt if one is due. */
    void tend() {
        boolean full = diskIsFull.getAsBoolean();
        if (diskWasFull && !full) {
            works();
            dueNanos = nanoClock.getAsLong();
        }
        diskWasFull = full;
        long now = nanoClock.getAsLong();
        if (isUnderWay() || now - dueNanos < 0) {
            return;
        }
        dueNanos = now + delayNanos;
        delayNanos = Math.min(MAX_DELAY_NANOS, 2 * delayNanos);
        attempt = CompletableFuture.runAsync(open, executor);
    }
}
