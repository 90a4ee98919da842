package io.voronode.client.internal;

import java.time.Duration;

/** The time that one request has: all of it, and the part in which failures are retried. Immutable. */
final class Budget {
    private final long endNanos;
    private final long retryEndNanos;

    private Budget(long endNanos, long retryEndNanos) {
        this.endNanos = endNanos;
        this.retryEndNanos = retryEndNanos;
    }

    static Budget startingNow(ClientConfig config) {
        long now = System.nanoTime();
        long deadline = config.deadline().toNanos();
        return new Budget(
                now + deadline, now + Math.min(deadline, config.retryFor().toNanos()));
    }

    /** Until the deadline; at least a millisecond, so that a call made too late fails by its deadline. */
    Duration remaining() {
        return Duration.ofNanos(Math.max(1_000_000, endNanos - System.nanoTime()));
    }

    /** Whether another attempt may start after this delay. */
    boolean allowsRetryIn(Duration delay) {
        return System.nanoTime() + delay.toNanos() - retryEndNanos < 0;
    }
}
