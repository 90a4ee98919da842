package io.voronode.client.internal;

import io.voronode.client.CollectionInfo;
import io.voronode.client.SnapshotInfo;
import io.voronode.client.SnapshotListener;
import io.voronode.proto.v1.CreateSnapshotRequest;
import io.voronode.proto.v1.CreateSnapshotResponse;
import io.voronode.proto.v1.DeleteSnapshotRequest;
import io.voronode.proto.v1.ListSnapshotsRequest;
import io.voronode.proto.v1.RestoreSnapshotRequest;
import io.voronode.proto.v1.RestoreSnapshotResponse;
import io.voronode.proto.v1.Snapshot;
import io.voronode.proto.v1.SnapshotProgress;
import io.voronode.proto.v1.SnapshotServiceGrpc;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The calls of SnapshotService. Those that change something go out once: what became of one that was lost is seen in a list. */
public final class SnapshotCalls {
    private final Transport transport;
    private final Retries retries;

    SnapshotCalls(Transport transport, Retries retries) {
        this.transport = transport;
        this.retries = retries;
    }

    public CompletableFuture<SnapshotInfo> create(String collection, String snapshot, SnapshotListener listener) {
        CreateSnapshotRequest request = CreateSnapshotRequest.newBuilder()
                .setCollection(collection)
                .setSnapshot(snapshot)
                .build();
        return EventCall.start(
                transport,
                SnapshotServiceGrpc.getCreateSnapshotMethod(),
                request,
                transport.endpoints().current(),
                event -> created(event, listener));
    }

    private static Optional<SnapshotInfo> created(CreateSnapshotResponse event, SnapshotListener listener) {
        if (event.hasProgress()) {
            tell(event.getProgress(), listener);
        }
        return event.hasSnapshot() ? Optional.of(info(event.getSnapshot())) : Optional.empty();
    }

    public CompletableFuture<CollectionInfo> restore(String snapshot, String collection, SnapshotListener listener) {
        RestoreSnapshotRequest request = RestoreSnapshotRequest.newBuilder()
                .setSnapshot(snapshot)
                .setCollection(collection)
                .build();
        return EventCall.start(
                transport,
                SnapshotServiceGrpc.getRestoreSnapshotMethod(),
                request,
                transport.endpoints().current(),
                event -> restored(event, listener));
    }

    private static Optional<CollectionInfo> restored(RestoreSnapshotResponse event, SnapshotListener listener) {
        if (event.hasProgress()) {
            tell(event.getProgress(), listener);
        }
        return event.hasCollection()
                ? Optional.of(CollectionMapper.collection(event.getCollection()))
                : Optional.empty();
    }

    private static void tell(SnapshotProgress progress, SnapshotListener listener) {
        listener.progress(progress.getStep(), progress.getDone(), progress.getTotal());
    }

    public CompletableFuture<List<SnapshotInfo>> list() {
        return retries.run((address, timeout) -> Futures.map(
                transport.unary(
                        SnapshotServiceGrpc.getListSnapshotsMethod(),
                        ListSnapshotsRequest.getDefaultInstance(),
                        address,
                        timeout),
                response -> response.getSnapshotsList().stream()
                        .map(SnapshotCalls::info)
                        .toList()));
    }

    public CompletableFuture<Void> delete(String snapshot) {
        DeleteSnapshotRequest request =
                DeleteSnapshotRequest.newBuilder().setSnapshot(snapshot).build();
        return Futures.done(transport.unary(
                SnapshotServiceGrpc.getDeleteSnapshotMethod(),
                request,
                transport.endpoints().current(),
                transport.config().deadline()));
    }

    private static SnapshotInfo info(Snapshot snapshot) {
        return new SnapshotInfo(
                snapshot.getName(),
                snapshot.getConfig().getName(),
                CommonMapper.instant(snapshot.getCreateTime()),
                snapshot.getRecords(),
                snapshot.getBytes(),
                snapshot.getProblem());
    }
}
