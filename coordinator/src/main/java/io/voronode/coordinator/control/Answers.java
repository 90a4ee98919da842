package io.voronode.coordinator.control;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.StreamObserver;
import io.voronode.wire.Statuses;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** How unary calls are answered: a message, or the status of what was thrown. */
final class Answers {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private Answers() {}

    static <T> void answer(StreamObserver<T> observer, Supplier<T> work) {
        T message;
        try {
            message = work.get();
        } catch (RuntimeException e) {
            observer.onError(Statuses.toGrpc(e));
            return;
        }
        observer.onNext(message);
        observer.onCompleted();
    }

    /** What the caller's deadline leaves, at most a minute. */
    static Duration timeLeft() {
        Deadline deadline = Context.current().getDeadline();
        if (deadline == null) {
            return LONGEST_WAIT;
        }
        long leftMs = Math.max(0, deadline.timeRemaining(TimeUnit.MILLISECONDS));
        return Duration.ofMillis(Math.min(LONGEST_WAIT.toMillis(), leftMs));
    }
}
