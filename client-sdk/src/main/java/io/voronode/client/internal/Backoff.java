package io.voronode.client.internal;

import com.google.protobuf.util.Durations;
import io.voronode.proto.v1.RecordResult;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Overload;
import java.time.Duration;
import java.util.List;
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
        return error instanceof Overload overload
                ? longer(after(failures, random), overload.retryDelay())
                : after(failures, random);
    }

    /** The same, longer where the result of a record says so. */
    static Duration after(int failures, List<RecordResult> results, RandomGenerator random) {
        return results.stream()
                .map(result -> Duration.ofMillis(Durations.toMillis(result.getRetryDelay())))
                .reduce(after(failures, random), Backoff::longer);
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
