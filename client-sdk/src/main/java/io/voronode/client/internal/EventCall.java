package io.voronode.client.internal;

import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A call to one address that tells events and ends with its outcome, some minutes or hours later. Cancelling the future cancels the call. The
 * threads of gRPC, one at a time, hand over the events.
 */
final class EventCall<E, T> implements StreamObserver<E> {
    private final Transport transport;
    private final String address;
    private final Function<E, Optional<T>> listener;
    private final ClientCall<?, E> call;
    private final CompletableFuture<T> outcome = new CompletableFuture<>();

    private EventCall(Transport transport, String address, Function<E, Optional<T>> listener, ClientCall<?, E> call) {
        this.transport = transport;
        this.address = address;
        this.listener = listener;
        this.call = call;
    }

    /**
     * Starts it.
     *
     * @param listener takes each event, and answers the outcome at the last one
     */
    static <Q, E, T> CompletableFuture<T> start(
            Transport transport,
            MethodDescriptor<Q, E> method,
            Q request,
            String address,
            Function<E, Optional<T>> listener) {
        ClientCall<Q, E> call = transport.stream(method, address);
        EventCall<E, T> events = new EventCall<>(transport, address, listener, call);
        Futures.onCancel(events.outcome, () -> call.cancel("cancelled by the caller", null));
        ClientCalls.asyncServerStreamingCall(call, request, events);
        return events.outcome;
    }

    @Override
    public void onNext(E event) {
        try {
            listener.apply(event).ifPresent(outcome::complete);
        } catch (RuntimeException e) {
            outcome.completeExceptionally(e);
            call.cancel("a listener failed", e);
        }
    }

    @Override
    public void onError(Throwable failure) {
        outcome.completeExceptionally(transport.error(failure, address));
    }

    @Override
    public void onCompleted() {
        outcome.completeExceptionally(new Unavailable("the server ended the call without an outcome"));
    }
}
