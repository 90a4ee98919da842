package io.voronode.shardnode.partition;

import io.grpc.Context;
import io.grpc.Deadline;
import java.util.concurrent.TimeUnit;

/** How long a call may take. */
final class Deadlines {
    /** For callers that set none: no call waits for ever. */
    private static final long DEFAULT_SECONDS = 30;

    private Deadlines() {}

    static long remainingNanos() {
        Deadline deadline = Context.current().getDeadline();
        long bound = TimeUnit.SECONDS.toNanos(DEFAULT_SECONDS);
        return deadline == null ? bound : Math.min(bound, deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }
}
