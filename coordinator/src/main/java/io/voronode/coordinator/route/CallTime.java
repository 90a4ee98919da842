package io.voronode.coordinator.route;

import io.grpc.Context;
import io.grpc.Deadline;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.concurrent.TimeUnit;

/**
 * The time left to the call that the current thread works for: the deadline of its gRPC context, which its own calls inherit.
 */
public final class CallTime {
    private static final long SHORTEST_ATTEMPT_MS = 1_000;
    private static final long LONGEST_ATTEMPT_MS = 5_000;

    private CallTime() {}

    /** Milliseconds until the deadline, at least 0; very many where there is none. */
    public static long leftMs() {
        Deadline deadline = Context.current().getDeadline();
        return deadline == null ? Long.MAX_VALUE : Math.max(0, deadline.timeRemaining(TimeUnit.MILLISECONDS));
    }

    /**
     * The time of one attempt at one node: half of what is left, so that a frozen node does not use it all up, and between one
     * and five seconds (the deadline of the context ends it earlier).
     */
    public static long attemptMs() {
        return Math.clamp(leftMs() / 2, SHORTEST_ATTEMPT_MS, LONGEST_ATTEMPT_MS);
    }

    /** Whether the caller has gone or its time is over. */
    public static boolean over() {
        return Context.current().isCancelled() || leftMs() == 0;
    }

    /** What to say when {@link #over()}. */
    public static VoronodeException overError(String doing) {
        boolean late = leftMs() == 0;
        return late
                ? new DeadlineExceeded("no time left while " + doing)
                : new Unavailable("the call was cancelled while " + doing);
    }

    /**
     * Sleeps so long, or less where less time is left.
     *
     * @return whether there is time to go on
     */
    public static boolean pause(long ms) {
        try {
            Thread.sleep(Math.min(ms, leftMs()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return !over();
    }
}
