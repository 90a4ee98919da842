package io.voronode.client.internal;

import io.voronode.client.PayloadUpdate;
import io.voronode.client.Wait;
import io.voronode.client.WriteReport;
import io.voronode.client.internal.BatchWrite.Outcome;
import io.voronode.client.internal.Sessions.Tokened;
import io.voronode.proto.v1.RecordServiceGrpc;
import io.voronode.proto.v1.UpdatePayloadRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Changes of payloads. Any thread may use it. */
public final class PayloadCalls {
    private final Transport transport;
    private final Retries retries;
    private final Sessions sessions;

    PayloadCalls(Transport transport, Retries retries, Sessions sessions) {
        this.transport = transport;
        this.retries = retries;
        this.sessions = sessions;
    }

    public CompletableFuture<WriteReport> update(String collection, List<PayloadUpdate> updates, Wait wait) {
        var waitFor = RecordMapper.wait(wait, updates.size());
        List<io.voronode.proto.v1.PayloadUpdate> messages =
                updates.stream().map(RecordMapper::payloadUpdate).toList();
        var parts = Batches.split(
                messages,
                io.voronode.proto.v1.PayloadUpdate::getSerializedSize,
                Batches.MAX_RECORDS,
                Batches.MAX_BYTES);
        return BatchWrite.inParts(
                transport,
                parts,
                io.voronode.proto.v1.PayloadUpdate::getKey,
                update -> BatchWrite.Refusal.NONE,
                (sent, budget) -> {
                    UpdatePayloadRequest.Builder request = UpdatePayloadRequest.newBuilder()
                            .setRequestId(sent.requestId())
                            .addAllOrdinals(sent.ordinals())
                            .setCollection(collection)
                            .addAllUpdates(sent.items())
                            .setWait(waitFor);
                    return updateOnce(collection, request, budget);
                });
    }

    private CompletableFuture<Outcome> updateOnce(
            String collection, UpdatePayloadRequest.Builder request, Budget budget) {
        return sessions.call(collection, token -> {
            UpdatePayloadRequest sent = request.setSessionToken(token).build();
            return retries.run(
                    budget,
                    (address, timeout) -> Futures.map(
                            transport.unary(RecordServiceGrpc.getUpdatePayloadMethod(), sent, address, timeout),
                            response -> new Tokened<>(
                                    new Outcome(response.getResultsList(), response.getIndexed()),
                                    response.getSessionToken())));
        });
    }
}
