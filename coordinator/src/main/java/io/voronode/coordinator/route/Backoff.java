package io.voronode.coordinator.route;

import java.util.concurrent.ThreadLocalRandom;

/** Pauses between attempts of one call: doubling from 10 ms to half a second, each shortened by up to a half at random. */
public final class Backoff {
    private static final long FIRST_MS = 10;
    private static final long LONGEST_MS = 500;

    private long nextMs = FIRST_MS;

    /**
     * Sleeps before the next attempt.
     *
     * @return whether there is time for it
     */
    public boolean pause() {
        return pause(0);
    }

    /** As {@link #pause()}, and not shorter than the other side asked for. */
    public boolean pause(long atLeastMs) {
        long ms = Math.max(atLeastMs, nextMs / 2 + ThreadLocalRandom.current().nextLong(nextMs / 2 + 1));
        nextMs = Math.min(LONGEST_MS, 2 * nextMs);
        return CallTime.pause(ms);
    }
}
