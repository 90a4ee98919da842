package io.voronode.client.internal;

import com.google.protobuf.ByteString;
import io.grpc.ClientCall;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.voronode.proto.v1.RecordServiceGrpc;
import io.voronode.proto.v1.StreamingUpsertRequest;
import io.voronode.proto.v1.StreamingUpsertResponse;
import io.voronode.wire.VoronodeException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream of batches to one address. Owned by the thread of its {@link BulkUpsert}; the threads of gRPC only put events into
 * its queue, which holds at most one event per batch on its way, one per change of readiness, and one for each end.
 */
final class UpsertStream implements AutoCloseable {

    /** What happens on the stream. */
    sealed interface Event {
        /** The transport takes more. */
        record Ready() implements Event {}

        /** A batch was answered. */
        record Answered(StreamingUpsertResponse response) implements Event {}

        /** The stream is over; without an error it was closed by both sides. */
        record Closed(@Nullable VoronodeException error) implements Event {}
    }

    private final Transport transport;
    private final String collection;
    private final ByteString streamId;
    private final String address;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final ClientCall<StreamingUpsertRequest, StreamingUpsertResponse> call;
    private final ClientCallStreamObserver<StreamingUpsertRequest> requests;
    private boolean begun;

    /**
     * Opens a stream to the present address.
     *
     * @param streamId the same for all streams that go on for each other
     */
    UpsertStream(Transport transport, String collection, ByteString streamId) {
        this.transport = transport;
        this.collection = collection;
        this.streamId = streamId;
        this.address = transport.endpoints().current();
        this.call = transport.stream(RecordServiceGrpc.getStreamingUpsertMethod(), address);
        this.requests = (ClientCallStreamObserver<StreamingUpsertRequest>)
                ClientCalls.asyncBidiStreamingCall(call, new Responses());
    }

    String address() {
        return address;
    }

    boolean ready() {
        return requests.isReady();
    }

    /** Sends a batch, or again a part of one. */
    void send(BulkBatch.Part part) {
        StreamingUpsertRequest.Builder request = StreamingUpsertRequest.newBuilder()
                .setSequence(part.sequence())
                .addAllOrdinals(part.ordinals())
                .addAllRecords(part.records());
        if (!begun) {
            begun = true;
            request.setCollection(collection).setStreamId(streamId);
        }
        requests.onNext(request.build());
    }

    /** Says that no batch follows; all must have been answered. The server then closes its side. */
    void finish() {
        requests.onCompleted();
    }

    /** The next event; null when there is none in time. That the coordinator fell silent is an event where it has a substitute. */
    @Nullable
    Event next(Duration patience) throws InterruptedException {
        Event present = events.poll();
        if (present != null) {
            return present;
        }
        Transport.Watched watched = transport.watch(address, error -> events.add(new Event.Closed(error)));
        try {
            return events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            watched.close();
        }
    }

    /** Ends the call at once if it still runs. */
    @Override
    public void close() {
        call.cancel("the upsert is over", null);
    }

    /** Called by the threads of gRPC, one at a time. */
    private final class Responses implements ClientResponseObserver<StreamingUpsertRequest, StreamingUpsertResponse> {
        @Override
        public void beforeStart(ClientCallStreamObserver<StreamingUpsertRequest> stream) {
            stream.setOnReadyHandler(() -> events.add(new Event.Ready()));
        }

        @Override
        public void onNext(StreamingUpsertResponse response) {
            events.add(new Event.Answered(response));
        }

        @Override
        public void onError(Throwable failure) {
            events.add(new Event.Closed(transport.error(failure, address)));
        }

        @Override
        public void onCompleted() {
            events.add(new Event.Closed(null));
        }
    }
}
