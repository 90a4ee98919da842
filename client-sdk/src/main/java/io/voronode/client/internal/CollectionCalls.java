package io.voronode.client.internal;

import com.google.protobuf.Empty;
import io.voronode.client.CollectionConfig;
import io.voronode.client.CollectionInfo;
import io.voronode.client.CollectionUpdate;
import io.voronode.proto.v1.CollectionServiceGrpc;
import io.voronode.proto.v1.CreateCollectionRequest;
import io.voronode.proto.v1.DeleteCollectionRequest;
import io.voronode.proto.v1.GetCollectionRequest;
import io.voronode.proto.v1.ListCollectionsRequest;
import io.voronode.proto.v1.RetrainCollectionRequest;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.NotFound;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** The calls of CollectionService. Any thread may use it. */
public final class CollectionCalls {
    private final Transport transport;
    private final Retries retries;
    private final Sessions sessions;

    CollectionCalls(Transport transport, Retries retries, Sessions sessions) {
        this.transport = transport;
        this.retries = retries;
        this.sessions = sessions;
    }

    /** Under an id, by which ALREADY_EXISTS does not follow an attempt whose answer was lost. */
    public CompletableFuture<CollectionInfo> create(CollectionConfig config) {
        CreateCollectionRequest request = CreateCollectionRequest.newBuilder()
                .setRequestId(RequestIds.next())
                .setConfig(CollectionMapper.config(config))
                .build();
        return retries.run((address, timeout) -> Futures.map(
                transport.unary(CollectionServiceGrpc.getCreateCollectionMethod(), request, address, timeout),
                response -> CollectionMapper.collection(response.getCollection())));
    }

    public CompletableFuture<CollectionInfo> get(String name) {
        GetCollectionRequest request =
                GetCollectionRequest.newBuilder().setName(name).build();
        return retries.run((address, timeout) -> Futures.map(
                transport.unary(CollectionServiceGrpc.getGetCollectionMethod(), request, address, timeout),
                response -> CollectionMapper.collection(response.getCollection())));
    }

    public CompletableFuture<List<CollectionInfo>> list() {
        ListCollectionsRequest request = ListCollectionsRequest.getDefaultInstance();
        return retries.run((address, timeout) -> Futures.map(
                transport.unary(CollectionServiceGrpc.getListCollectionsMethod(), request, address, timeout),
                response -> response.getCollectionsList().stream()
                        .map(CollectionMapper::collection)
                        .toList()));
    }

    public CompletableFuture<CollectionInfo> update(String name, CollectionUpdate update) {
        var request = CollectionMapper.update(name, update);
        return retries.run((address, timeout) -> Futures.map(
                transport.unary(CollectionServiceGrpc.getUpdateCollectionMethod(), request, address, timeout),
                response -> CollectionMapper.collection(response.getCollection())));
    }

    /** NOT_FOUND after an attempt whose answer was lost means that this attempt has dropped the collection. */
    public CompletableFuture<Void> delete(String name) {
        DeleteCollectionRequest request =
                DeleteCollectionRequest.newBuilder().setName(name).build();
        AtomicInteger attempts = new AtomicInteger();
        CompletableFuture<Void> deleted = new CompletableFuture<>();
        CompletableFuture<Empty> call = retries.run((address, timeout) -> {
            attempts.incrementAndGet();
            return Futures.map(
                    transport.unary(CollectionServiceGrpc.getDeleteCollectionMethod(), request, address, timeout),
                    response -> Empty.getDefaultInstance());
        });
        Futures.onCancel(deleted, () -> call.cancel(true));
        Futures.whenDone(call, (response, failure) -> {
            VoronodeException error = failure == null ? null : Futures.error(failure);
            if (error == null || (error instanceof NotFound && attempts.get() > 1)) {
                sessions.forget(name);
                deleted.complete(null);
            } else {
                deleted.completeExceptionally(error);
            }
        });
        return deleted;
    }

    public CompletableFuture<Integer> retrain(String name) {
        RetrainCollectionRequest request =
                RetrainCollectionRequest.newBuilder().setName(name).build();
        return retries.run((address, timeout) -> Futures.map(
                transport.unary(CollectionServiceGrpc.getRetrainCollectionMethod(), request, address, timeout),
                response -> response.getGeneration()));
    }
}
