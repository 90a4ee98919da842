package io.voronode.client.internal;

import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Overload;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before a retry: doubling from 50 ms to 2 s, half of it random, never less than the server asked for. */
final class Backoff {
    private static final long FIRST_MILLIS = 50;
    private static final int MAX_DOUBLINGS = 5;
    private static final long MAX_MILLIS = 2_000;

    private Backoff() {}

    /** The wait after the given number of failures, 1 for the first. */
    static Duration after(int failures, RandomGenerator random) {
        long full = Math.min(MAX_MILLIS, FIRST_MILLIS << Math.min(failures - 1, MAX_DOUBLINGS + 1));
        return Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
    }

    /** The same, longer where the error says so. */
    static Duration after(int failures, VoronodeException error, RandomGenerator random) {
        Duration backoff = after(failures, random);
        if (error instanceof Overload overload && overload.retryDelay().compareTo(backoff) > 0) {
            return overload.retryDelay();
        }
        return backoff;
    }
}
