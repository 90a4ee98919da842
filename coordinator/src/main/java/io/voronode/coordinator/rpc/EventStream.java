package io.voronode.coordinator.rpc;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.voronode.coordinator.route.CallTime;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A long administrative call that tells events: they are sent no faster than the client takes them, and the work ends when it has gone. Made
 * before the call's method returns. The work has a thread of its own, since gRPC tells of readiness and cancellation on that of the call.
 */
final class EventStream<E> {
    private static final long STALLED_SECONDS = 60;

    private final ServerCallStreamObserver<E> observer;
    private final Context context = Context.current();
    private final Semaphore readiness = new Semaphore(0);

    EventStream(StreamObserver<E> observer) {
        this.observer = (ServerCallStreamObserver<E>) observer;
        this.observer.setOnReadyHandler(readiness::release);
        this.observer.setOnCancelHandler(readiness::release);
    }

    /** Begins the work, at whose end the call ends. */
    void serve(Handlers handlers, Runnable work) {
        Thread.ofVirtual().name("coordinator-events").start(context.wrap(() -> {
            try {
                work.run();
                observer.onCompleted();
            } catch (RuntimeException e) {
                fail(handlers, e);
            }
        }));
    }

    /** Ends the call with an error. */
    void fail(Handlers handlers, RuntimeException error) {
        if (!observer.isCancelled()) {
            observer.onError(handlers.status(error));
        }
    }

    /**
     * Sends an event when there is room for it.
     *
     * @throws Unavailable if the client has gone, or has taken nothing for a minute
     */
    void send(E event) {
        try {
            while (!observer.isReady()) {
                requireClient();
                if (!readiness.tryAcquire(STALLED_SECONDS, TimeUnit.SECONDS)) {
                    throw new Unavailable("the client has not read its answers for " + STALLED_SECONDS + " seconds");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CallTime.overError("waiting for the client");
        }
        requireClient();
        observer.onNext(event);
    }

    /** Throws if nobody waits for the outcome any more. */
    void requireClient() {
        if (observer.isCancelled() || context.isCancelled()) {
            throw new Unavailable("the client has gone");
        }
    }
}
