package io.voronode.coordinator.rpc;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;

/** How far an answer may be behind the rows, as clients are told. */
final class Lag {
    private static final long MAX_MS = Durations.toMillis(Durations.MAX_VALUE);

    private Lag() {}

    /**
     * The lag as a message: the longest there can be where it is not known, so that whoever compares it with a bound finds it too long.
     *
     * @param ms {@link Long#MAX_VALUE} of a replica that has not heard from a leader yet
     */
    static Duration of(long ms) {
        return Durations.fromMillis(Math.min(ms, MAX_MS));
    }
}
