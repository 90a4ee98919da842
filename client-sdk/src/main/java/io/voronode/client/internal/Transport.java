package io.voronode.client.internal;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.Unavailable;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's channels, its timer for retries, and its threads for bulk upserts. Any thread may use it. Calls made here go
 * out once; {@link Retries} repeats them. Where there is another address to turn to, a {@link Watch} ends those to which a silent
 * coordinator would never answer.
 */
public final class Transport implements AutoCloseable {
    private final ClientConfig config;
    private final Endpoints endpoints;
    private final Channels channels = new Channels();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "voronode-client-timer"));
    /** What waits for the timer. Closing runs it at once, or whoever waits for those calls would wait forever. */
    private final Set<Runnable> delayed = ConcurrentHashMap.newKeySet();
    /** By address. */
    private final ConcurrentHashMap<String, Watch> watches = new ConcurrentHashMap<>();

    private final ExecutorService bulkThreads =
            Executors.newCachedThreadPool(task -> daemon(task, "voronode-client-bulk"));

    public Transport(ClientConfig config) {
        this.config = config;
        this.endpoints = new Endpoints(config.addresses(), System::nanoTime);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    ClientConfig config() {
        return config;
    }

    Endpoints endpoints() {
        return endpoints;
    }

    /**
     * Runs a task after a delay, or when the client is closed before that.
     *
     * @throws RejectedExecutionException when the client is closed
     */
    @SuppressWarnings("FutureReturnValueIgnored") // tasks report to the future of their call
    void later(Duration delay, Runnable task) {
        // A runnable of its own, so that no two tasks are equal.
        Runnable once = new Runnable() {
            @Override
            public void run() {
                if (delayed.remove(this)) {
                    task.run();
                }
            }
        };
        delayed.add(once);
        try {
            timer.schedule(once, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            if (delayed.remove(once)) {
                throw e;
            }
        }
    }

    ExecutorService bulkThreads() {
        return bulkThreads;
    }

    /** A call to one address that ends at the timeout at the latest; cancelling the future cancels it. */
    <Q, R> CompletableFuture<R> unary(MethodDescriptor<Q, R> method, Q request, String address, Duration timeout) {
        ClientCall<Q, R> call = open(method, address)
                .newCall(method, CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS));
        CompletableFuture<R> future = new CompletableFuture<>();
        ClientCalls.asyncUnaryCall(call, request, new Answer<>(this, future, address));
        Futures.onCancel(future, () -> call.cancel("cancelled by the caller", null));
        Watched watched = watch(address, error -> {
            future.completeExceptionally(error);
            call.cancel(error.getMessage(), error);
        });
        Futures.whenDone(future, (value, failure) -> watched.close());
        return future;
    }

    /** Something that is outstanding at an address until it is closed. */
    @FunctionalInterface
    interface Watched extends AutoCloseable {
        @Override
        void close();
    }

    /** Until the returned is closed: runs the action, on a thread of the client, when the coordinator there is silent. */
    Watched watch(String address, Consumer<Unavailable> silent) {
        return endpoints.count() == 1
                ? () -> {}
                : watches.computeIfAbsent(address, this::newWatch).over(silent);
    }

    private Watch newWatch(String address) {
        Watch.Limits limits = Watch.Limits.within(config.deadline());
        return new Watch(address, limits, timer, new Watch.Listener() {
            @Override
            public CompletableFuture<Boolean> anotherServes() {
                return HealthCheck.anyServes(endpoints.others(address), limits.timeout());
            }

            @Override
            public void lost() {
                Transport.this.lost(address);
            }

            @Override
            public void left() {
                // Should the coordinator come back, its old connection may hang on for long.
                channels.drop(address);
            }

            @Override
            public void refused() {
                failed(address);
            }
        });
    }

    /** A call to one address for the caller to drive. */
    <Q, R> ClientCall<Q, R> stream(MethodDescriptor<Q, R> method, String address) {
        return open(method, address).newCall(method, CallOptions.DEFAULT);
    }

    private ManagedChannel open(MethodDescriptor<?, ?> method, String address) {
        if (timer.isShutdown()) {
            throw new Unavailable("the client is closed: " + method.getFullMethodName() + " was not called");
        }
        return channels.to(address);
    }

    /** The address answered that it cannot serve. */
    void failed(String address) {
        endpoints.failed(address);
        reconnectIfLeft(address);
    }

    private void lost(String address) {
        endpoints.lost(address);
        reconnectIfLeft(address);
    }

    private void reconnectIfLeft(String address) {
        String next = endpoints.current();
        if (!next.equals(address)) {
            reconnect(next);
        }
    }

    /** Makes the next call to an address that failed connect at once, where gRPC would wait for its own back-off. */
    void reconnect(String address) {
        if (!timer.isShutdown()) {
            channels.to(address).resetConnectBackoff();
        }
    }

    /** The error behind a failed call, with the address where that is the news: then another address takes over. */
    VoronodeException error(Throwable failure, String address) {
        Throwable root = connectFailure(failure);
        if (root == null && isOutOfTime(failure)) {
            return new DeadlineExceeded("no answer from " + address + " in time");
        }
        if (root == null) {
            return isConnectionClosed(failure)
                    ? new Unavailable("the connection to " + address + " was closed", failure)
                    : Statuses.fromGrpc(failure);
        }
        lost(address);
        return new Unavailable("cannot reach " + address + ": " + reason(root), failure);
    }

    /** Of a deadline that passes here, not at the server, gRPC tells in terms of its own name resolution and buffers. */
    private static boolean isOutOfTime(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        return status.getCode() == Status.Code.DEADLINE_EXCEEDED
                && String.valueOf(status.getDescription()).contains("CallOptions deadline");
    }

    /** To a call that meets a connection in the moment of its end gRPC gives the code UNKNOWN, which would be a bug of the server. */
    private static boolean isConnectionClosed(Throwable failure) {
        return Status.fromThrowable(failure).getCode() == Status.Code.UNKNOWN
                && failure.getCause() instanceof ClosedChannelException;
    }

    private static @Nullable Throwable connectFailure(Throwable failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
                return cause.getCause() instanceof ConnectException deeper ? deeper : cause;
            }
        }
        return null;
    }

    /** Native and plain sockets word it differently, and neither for users. */
    private static String reason(Throwable failure) {
        if (failure instanceof UnknownHostException) {
            return "there is no host of that name";
        }
        String message = String.valueOf(failure.getMessage());
        return message.contains("Connection refused") ? "connection refused, so no server runs there" : message;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        delayed.forEach(Runnable::run);
        watches.values().forEach(Watch::close);
        bulkThreads.shutdownNow();
        channels.close();
    }

    private record Answer<R>(Transport transport, CompletableFuture<R> future, String address)
            implements StreamObserver<R> {
        @Override
        public void onNext(R value) {
            future.complete(value);
        }

        @Override
        public void onError(Throwable failure) {
            future.completeExceptionally(transport.error(failure, address));
        }

        @Override
        public void onCompleted() {
            // A unary call ends after its one answer; asyncUnaryCall reports a missing one as an error.
        }
    }
}
