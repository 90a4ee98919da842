package io.voronode.coordinator.rpc;

import com.google.protobuf.util.Timestamps;
import io.grpc.stub.StreamObserver;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.PartitionRouter;
import io.voronode.coordinator.snapshot.SnapshotExport;
import io.voronode.coordinator.snapshot.SnapshotRestore;
import io.voronode.coordinator.snapshot.SnapshotSource;
import io.voronode.coordinator.write.RecordWriter;
import io.voronode.proto.internal.v1.SnapshotFile;
import io.voronode.proto.internal.v1.SnapshotManifest;
import io.voronode.proto.v1.CreateSnapshotRequest;
import io.voronode.proto.v1.CreateSnapshotResponse;
import io.voronode.proto.v1.DeleteSnapshotRequest;
import io.voronode.proto.v1.DeleteSnapshotResponse;
import io.voronode.proto.v1.ListSnapshotsRequest;
import io.voronode.proto.v1.ListSnapshotsResponse;
import io.voronode.proto.v1.RestoreSnapshotRequest;
import io.voronode.proto.v1.RestoreSnapshotResponse;
import io.voronode.proto.v1.Snapshot;
import io.voronode.proto.v1.SnapshotProgress;
import io.voronode.proto.v1.SnapshotServiceGrpc.SnapshotServiceImplBase;
import io.voronode.wire.Channels;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Overload;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** SnapshotService. Snapshots are written and restored a part at a time; a client that goes away ends that. */
final class SnapshotRpc extends SnapshotServiceImplBase {
    private static final long PART_TIME_MS = 120_000;
    private static final long PROGRESS_NANOS = Duration.ofMillis(200).toNanos();
    private static final int AT_ONCE = 2;

    private final Handlers handlers;
    private final Images images;
    private final Channels channels;
    private final PartitionRouter partitions;
    private final RecordWriter writer;
    private final RequestServer.Snapshots snapshots;
    private final Semaphore running = new Semaphore(AT_ONCE);

    SnapshotRpc(
            Handlers handlers,
            Images images,
            Channels channels,
            PartitionRouter partitions,
            RecordWriter writer,
            RequestServer.Snapshots snapshots) {
        this.handlers = handlers;
        this.images = images;
        this.channels = channels;
        this.partitions = partitions;
        this.writer = writer;
        this.snapshots = snapshots;
    }

    @Override
    public void createSnapshot(CreateSnapshotRequest request, StreamObserver<CreateSnapshotResponse> observer) {
        serve(
                observer,
                progress -> CreateSnapshotResponse.newBuilder()
                        .setProgress(progress)
                        .build(),
                listener -> {
                    var collection = handlers.part(PART_TIME_MS, () -> images.collection(request.getCollection()));
                    SnapshotManifest made = new SnapshotExport(snapshots.root(), images, channels, partitions)
                            .run(
                                    collection,
                                    request.getSnapshot(),
                                    snapshots.clock().millis(),
                                    listener);
                    return CreateSnapshotResponse.newBuilder()
                            .setSnapshot(snapshot(made))
                            .build();
                });
    }

    @Override
    public void restoreSnapshot(RestoreSnapshotRequest request, StreamObserver<RestoreSnapshotResponse> observer) {
        serve(
                observer,
                progress -> RestoreSnapshotResponse.newBuilder()
                        .setProgress(progress)
                        .build(),
                listener -> {
                    SnapshotRestore restore = new SnapshotRestore(
                            SnapshotSource.open(snapshots.root(), request.getSnapshot()),
                            snapshots.restored(),
                            writer,
                            turns(),
                            listener);
                    return RestoreSnapshotResponse.newBuilder()
                            .setCollection(restore.run(request.getCollection()))
                            .build();
                });
    }

    private SnapshotRestore.Turns turns() {
        return new SnapshotRestore.Turns() {
            @Override
            public <R> R take(Supplier<R> part) {
                return handlers.part(PART_TIME_MS, part);
            }
        };
    }

    private <E> void serve(
            StreamObserver<E> observer,
            Function<SnapshotProgress, E> progress,
            Function<SnapshotExport.Listener, E> work) {
        EventStream<E> events = new EventStream<>(observer);
        if (!running.tryAcquire()) {
            events.fail(
                    handlers, new Overload(AT_ONCE + " snapshots are written or restored here", Duration.ofSeconds(5)));
            return;
        }
        events.serve(handlers, () -> {
            try {
                events.send(work.apply(new Reporter(events, event -> events.send(progress.apply(event)))));
            } finally {
                running.release();
            }
        });
    }

    /** Tells the client now and then, and ends the work when it has gone or the server closes. */
    private final class Reporter implements SnapshotExport.Listener {
        private final EventStream<?> events;
        private final Consumer<SnapshotProgress> client;
        private String toldStep = "";
        private long toldNanos = System.nanoTime();

        Reporter(EventStream<?> events, Consumer<SnapshotProgress> client) {
            this.events = events;
            this.client = client;
        }

        @Override
        public void reached(String step, long done, long total) {
            handlers.requireOpen();
            events.requireClient();
            if (!step.equals(toldStep) || System.nanoTime() - toldNanos >= PROGRESS_NANOS) {
                toldStep = step;
                toldNanos = System.nanoTime();
                client.accept(SnapshotProgress.newBuilder()
                        .setStep(step)
                        .setDone(done)
                        .setTotal(total)
                        .build());
            }
        }
    }

    @Override
    public void listSnapshots(ListSnapshotsRequest request, StreamObserver<ListSnapshotsResponse> observer) {
        handlers.unary(
                observer,
                Handlers.READ_TIME_MS,
                () -> ListSnapshotsResponse.newBuilder()
                        .addAllSnapshots(snapshots.root().names().stream()
                                .map(this::snapshot)
                                .toList())
                        .build());
    }

    private Snapshot snapshot(String name) {
        try {
            return snapshot(SnapshotSource.open(snapshots.root(), name).manifest());
        } catch (VoronodeException e) {
            return Snapshot.newBuilder()
                    .setName(name)
                    .setProblem(String.valueOf(e.getMessage()))
                    .build();
        }
    }

    private static Snapshot snapshot(SnapshotManifest manifest) {
        return Snapshot.newBuilder()
                .setName(manifest.getName())
                .setConfig(manifest.getConfig())
                .setCreateTime(Timestamps.fromMillis(manifest.getCreateTimeMs()))
                .setRecords(manifest.getRecords())
                .setBytes(manifest.getFilesList().stream()
                        .mapToLong(SnapshotFile::getBytes)
                        .sum())
                .build();
    }

    @Override
    public void deleteSnapshot(DeleteSnapshotRequest request, StreamObserver<DeleteSnapshotResponse> observer) {
        handlers.unary(observer, Handlers.WRITE_TIME_MS, () -> {
            snapshots.root().delete(request.getSnapshot());
            return DeleteSnapshotResponse.getDefaultInstance();
        });
    }
}
