package io.voronode.shardnode.partition.apply;

import io.voronode.proto.internal.v1.StoredAppliedState;

/**
 * The time by which results are forgotten. Log time will not do: it follows the fastest clock of all leaders, and one that is an hour ahead, or is
 * set forward, would forget all at once, so that a repeated write is applied again over a newer one. This clock passes with the
 * time between entries, at most {@link #MAX_STEP_MS} with each; where entries are rare it is slow, and results stay longer.
 */
final class ResultClock {
    static final long MAX_STEP_MS = 1_000;

    private ResultClock() {}

    /** Lets the time pass up to an entry, before that entry changes log time. */
    static void advance(StoredAppliedState.Builder applied, long leaderTimeMs) {
        if (applied.getResultClockMs() == 0) {
            start(applied, leaderTimeMs);
        }
        long step = leaderTimeMs - applied.getResultClockBaseMs();
        applied.setResultClockMs(applied.getResultClockMs() + Math.clamp(step, 0, MAX_STEP_MS));
        // Entries overtake each other on their way into the log: the time of a small step back must not count twice.
        if (step > 0 || step < -MAX_STEP_MS) {
            applied.setResultClockBaseMs(leaderTimeMs);
        }
    }

    /** A store of an earlier build has results under log times, and new ones must come behind them. */
    private static void start(StoredAppliedState.Builder applied, long leaderTimeMs) {
        long start = applied.getLogTimeMs() == 0 ? leaderTimeMs : applied.getLogTimeMs();
        applied.setResultClockMs(start).setResultClockBaseMs(start);
    }
}
