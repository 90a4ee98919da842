package io.voronode.coordinator.canary;

import java.util.function.IntSupplier;

/**
 * How much time shadow searches may take: one at a time here, and no more than a hundredth of all time with those of other
 * coordinators, which search on the same nodes. Times are of one clock that only moves forward, in nanoseconds. Any thread.
 */
final class ShadowBudget {
    private static final long SHARE = 100;

    private final IntSupplier coordinators;
    private boolean running;
    private boolean paused;
    private long startNanos;
    private long pauseEndNanos;

    /** Shared by so many coordinators, this one included. */
    ShadowBudget(IntSupplier coordinators) {
        this.coordinators = coordinators;
    }

    /** Takes the turn; false while another has it, or the last one is not paid for. */
    synchronized boolean begin(long nowNanos) {
        if (running || (paused && nowNanos - pauseEndNanos < 0)) {
            return false;
        }
        running = true;
        startNanos = nowNanos;
        return true;
    }

    /** Gives the turn back: the next may begin a hundred times as long after the beginning of this one as it took, for each coordinator. */
    synchronized void end(long nowNanos) {
        running = false;
        paused = true;
        pauseEndNanos = startNanos + SHARE * Math.max(1, coordinators.getAsInt()) * (nowNanos - startNanos);
    }
}
