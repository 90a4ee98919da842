package io.voronode.client.internal;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.voronode.wire.Channels;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks one coordinator whether it is alive, over a connection of its own: behind a large request on a slow line, or behind as many
 * calls as a connection may have, the question would wait and a live coordinator would seem dead. Any thread may use it; closing
 * ends the connection and the question under way.
 */
final class HealthCheck implements AutoCloseable {
    /** What this process itself reports of the call, instead of an answer. */
    private static final Set<Status.Code> NO_ANSWER =
            Set.of(Status.Code.DEADLINE_EXCEEDED, Status.Code.UNAVAILABLE, Status.Code.CANCELLED);

    /** What the coordinator said; SILENT when it said nothing in time. */
    enum Health {
        SERVING,
        NOT_SERVING,
        SILENT
    }

    private final long timeoutNanos;
    private final ManagedChannel channel;

    HealthCheck(String address, Duration timeout) {
        this.timeoutNanos = timeout.toNanos();
        this.channel = Channels.open(address);
    }

    /** Asks all of these once; true as soon as one says that it serves, false when none has. */
    static CompletableFuture<Boolean> anyServes(List<String> addresses, Duration timeout) {
        CompletableFuture<Boolean> any = new CompletableFuture<>();
        AtomicInteger open = new AtomicInteger(addresses.size());
        for (String address : addresses) {
            HealthCheck check = new HealthCheck(address, timeout);
            Futures.whenDone(check.ask(), (health, failure) -> {
                check.close();
                if (health == Health.SERVING) {
                    any.complete(true);
                } else if (open.decrementAndGet() == 0) {
                    any.complete(false);
                }
            });
        }
        return any;
    }

    CompletableFuture<Health> ask() {
        CompletableFuture<Health> health = new CompletableFuture<>();
        ClientCalls.asyncUnaryCall(
                channel.newCall(
                        HealthGrpc.getCheckMethod(),
                        CallOptions.DEFAULT.withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS)),
                HealthCheckRequest.getDefaultInstance(),
                new Answer(health));
        return health;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private record Answer(CompletableFuture<Health> health) implements StreamObserver<HealthCheckResponse> {
        @Override
        public void onNext(HealthCheckResponse response) {
            health.complete(response.getStatus() == ServingStatus.NOT_SERVING ? Health.NOT_SERVING : Health.SERVING);
        }

        /** A server that does not know the question, or fails over it, is alive. */
        @Override
        public void onError(Throwable failure) {
            boolean silent = NO_ANSWER.contains(Status.fromThrowable(failure).getCode());
            health.complete(silent ? Health.SILENT : Health.SERVING);
        }

        @Override
        public void onCompleted() {
            // Follows the answer.
        }
    }
}
