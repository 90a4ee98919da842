package io.voronode.coordinator.snapshot;

import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.SnapshotFile;
import io.voronode.proto.internal.v1.SnapshotManifest;
import io.voronode.wire.VoronodeException.Corruption;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The rows of a snapshot, for those who restore it. Used by one thread. */
public final class SnapshotSource {
    private final Path folder;
    private final SnapshotManifest manifest;

    private SnapshotSource(Path folder, SnapshotManifest manifest) {
        this.folder = folder;
        this.manifest = manifest;
    }

    /** Opens a snapshot: NotFound if there is none, Corruption if its manifest is damaged. */
    public static SnapshotSource open(SnapshotRoot root, String name) {
        Path folder = root.folder(name);
        return new SnapshotSource(folder, SnapshotFiles.readManifest(folder));
    }

    public SnapshotManifest manifest() {
        return manifest;
    }

    public long bytes() {
        return manifest.getFilesList().stream()
                .mapToLong(SnapshotFile::getBytes)
                .sum();
    }

    /**
     * Compares every file with its checksum.
     *
     * @throws Corruption naming the first that differs
     */
    public void requireUndamaged(SnapshotExport.Listener listener) {
        long total = bytes();
        long[] done = new long[1];
        for (SnapshotFile file : manifest.getFilesList()) {
            SnapshotFiles.requireUndamaged(folder, file, read -> done[0] += read);
            listener.reached("checking", done[0], total);
        }
    }

    /** Takes batches of rows. */
    @FunctionalInterface
    public interface Batches {
        void take(List<Row> rows);
    }

    /** Hands over all rows, in batches of so many and so many bytes, about. */
    public void read(int rows, long bytes, Batches batches) {
        for (SnapshotFile file : manifest.getFilesList()) {
            Path path = SnapshotFiles.rowFile(folder, file);
            try (InputStream in = new BufferedInputStream(SnapshotFiles.open(path))) {
                read(in, rows, bytes, batches);
            } catch (IOException e) {
                throw new Corruption(path + " cannot be read: " + e, e);
            }
        }
    }

    private static void read(InputStream in, int rows, long bytes, Batches batches) throws IOException {
        List<Row> batch = new ArrayList<>();
        long size = 0;
        for (Row row = Row.parseDelimitedFrom(in); row != null; row = Row.parseDelimitedFrom(in)) {
            batch.add(row);
            size += row.getSerializedSize();
            if (batch.size() >= rows || size >= bytes) {
                batches.take(batch);
                batch = new ArrayList<>();
                size = 0;
            }
        }
        if (!batch.isEmpty()) {
            batches.take(batch);
        }
    }
}
