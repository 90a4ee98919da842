package io.voronode.coordinator.snapshot;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.route.Backoff;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.PartitionRouter;
import io.voronode.coordinator.validate.CollectionSettings;
import io.voronode.proto.internal.v1.ExportRequest;
import io.voronode.proto.internal.v1.ExportResponse;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.SnapshotFile;
import io.voronode.proto.internal.v1.SnapshotManifest;
import io.voronode.proto.internal.v1.SnapshotPartition;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Bug;
import io.voronode.wire.VoronodeException.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Writes a snapshot: partition by partition, each as one replica of it has it at one place of the log, which is behind a barrier. A
 * partition that fails half-way is begun again, at another replica where there is one. What is written has its name only when it is
 * whole. Used once, by one thread.
 */
public final class SnapshotExport {
    private static final long FILE_BYTES = 64L << 20;
    private static final int ATTEMPTS = 4;
    private static final long TIMEOUT_HOURS = 12;

    private final SnapshotRoot root;
    private final Images images;
    private final Channels channels;
    private final PartitionRouter partitions;

    public SnapshotExport(SnapshotRoot root, Images images, Channels channels, PartitionRouter partitions) {
        this.root = root;
        this.images = images;
        this.channels = channels;
        this.partitions = partitions;
    }

    /** Told how far it is; may throw to end it. */
    @FunctionalInterface
    public interface Listener {
        void reached(String step, long done, long total);
    }

    /** Does it. */
    public SnapshotManifest run(CollectionImage collection, String name, long nowMs, Listener listener) {
        Path folder = root.begin(name);
        try {
            SnapshotManifest.Builder manifest = SnapshotManifest.newBuilder()
                    .setFormat(SnapshotFiles.FORMAT)
                    .setName(name)
                    .setConfig(CollectionSettings.asWished(collection.spec()))
                    .setCreateTimeMs(nowMs);
            for (int partition = 0; partition < images.current().partitionCount(); partition++) {
                export(collection, partition, folder, manifest, listener);
            }
            SnapshotManifest whole = manifest.build();
            SnapshotFiles.writeManifest(folder, whole);
            root.publish(folder, name);
            return whole;
        } catch (IOException e) {
            root.remove(folder);
            throw new Unavailable("cannot write into " + folder + ": " + e, e);
        } catch (RuntimeException e) {
            root.remove(folder);
            throw e;
        }
    }

    private void export(
            CollectionImage collection,
            int partition,
            Path folder,
            SnapshotManifest.Builder manifest,
            Listener listener)
            throws IOException {
        Backoff backoff = new Backoff();
        for (int attempt = 1; ; attempt++) {
            try {
                Part part = new Part(partition, manifest.getRecords(), listener);
                part.read(folder, collection.spec().getUuid(), manifest.getCreateTimeMs(), attempt);
                manifest.addPartitions(part.summary())
                        .addAllFiles(part.files)
                        .setRecords(manifest.getRecords() + part.records);
                return;
            } catch (VoronodeException e) {
                if (!e.retryable() || attempt == ATTEMPTS || !backoff.pause()) {
                    throw e;
                }
                removeFiles(folder, partition);
                images.tryRefresh();
            }
        }
    }

    private static void removeFiles(Path folder, int partition) throws IOException {
        for (int number = 0; Files.deleteIfExists(folder.resolve(SnapshotFiles.rowFile(partition, number))); number++) {
            // All that an earlier attempt has begun.
        }
    }

    /** One attempt at one partition. */
    private final class Part {
        private final int partition;
        private final long before;
        private final Listener listener;
        private List<SnapshotFile> files = List.of();
        private Position position = Position.getDefaultInstance();
        private long records;

        Part(int partition, long before, Listener listener) {
            this.partition = partition;
            this.before = before;
            this.listener = listener;
        }

        SnapshotPartition summary() {
            return SnapshotPartition.newBuilder()
                    .setPartition(partition)
                    .setIndex(position.getIndex())
                    .setRecords(records)
                    .build();
        }

        void read(Path folder, ByteString uuid, long nowMs, int attempt) throws IOException {
            ExportRequest request = ExportRequest.newBuilder()
                    .setPartition(partition)
                    .setCollectionUuid(uuid)
                    .setAtLeast(partitions.barrier(partition))
                    .setNowMs(nowMs)
                    .build();
            Context.CancellableContext call = Context.current().withCancellation();
            Context before = call.attach();
            try (RowFileWriter writer = new RowFileWriter(folder, partition, FILE_BYTES)) {
                Iterator<ExportResponse> batches = PartitionServiceGrpc.newBlockingStub(channels.to(address(attempt)))
                        .withDeadlineAfter(TIMEOUT_HOURS, TimeUnit.HOURS)
                        .export(request);
                while (batches.hasNext()) {
                    take(batches.next(), writer);
                }
                files = writer.finish();
            } catch (StatusRuntimeException e) {
                throw Statuses.fromGrpc(e);
            } finally {
                // Ends the stream where it was left early.
                call.detach(before);
                call.cancel(null);
            }
        }

        private String address(int attempt) {
            List<String> addresses = images.current().partitionAddresses(partition);
            if (addresses.isEmpty()) {
                throw new Unavailable("no live node is known to hold partition " + partition);
            }
            return addresses.get((attempt - 1) % addresses.size());
        }

        private void take(ExportResponse batch, RowFileWriter writer) throws IOException {
            position = batch.getPosition();
            for (Row row : batch.getRowsList()) {
                writer.add(row);
            }
            records += batch.getRowsCount();
            if (records > batch.getLiveRows()) {
                throw new Bug("partition " + partition + " sent more than its " + batch.getLiveRows() + " rows", null);
            }
            listener.reached("writing", before + records, 0);
        }
    }
}
