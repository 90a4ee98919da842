package io.voronode.coordinator.snapshot;

import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.SnapshotFile;
import io.voronode.wire.ListDigest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the rows of one partition into files of bounded size, durably. Owned by one thread. */
final class RowFileWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 << 10;

    private final Path folder;
    private final int partition;
    private final long fileBytes;
    private final List<SnapshotFile> files = new ArrayList<>();
    private @Nullable OpenFile open;

    /** A file ends with the row that brings it to so many bytes. */
    RowFileWriter(Path folder, int partition, long fileBytes) {
        this.folder = folder;
        this.partition = partition;
        this.fileBytes = fileBytes;
    }

    private static final class OpenFile {
        private final String name;
        private final FileChannel channel;
        private final MessageDigest sha = ListDigest.sha256();
        private final OutputStream out;
        private long records;
        private long bytes;

        OpenFile(Path folder, String name) throws IOException {
            this.name = name;
            this.channel =
                    FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            this.out = new BufferedOutputStream(
                    new DigestOutputStream(Channels.newOutputStream(channel), sha), BUFFER_BYTES);
        }

        void add(Row row) throws IOException {
            row.writeDelimitedTo(out);
            records++;
            bytes += row.getSerializedSize();
        }

        SnapshotFile finish() throws IOException {
            try (out) {
                out.flush();
                channel.force(true);
                return SnapshotFile.newBuilder()
                        .setName(name)
                        .setBytes(channel.size())
                        .setRecords(records)
                        .setSha256(HexFormat.of().formatHex(sha.digest()))
                        .build();
            }
        }
    }

    void add(Row row) throws IOException {
        OpenFile file = open;
        if (file == null) {
            file = new OpenFile(folder, SnapshotFiles.rowFile(partition, files.size()));
            open = file;
        }
        file.add(row);
        if (file.bytes >= fileBytes) {
            finishFile(file);
        }
    }

    private void finishFile(OpenFile file) throws IOException {
        open = null;
        files.add(file.finish());
    }

    /** Ends the last file; all of them are on the disk then. */
    List<SnapshotFile> finish() throws IOException {
        if (open != null) {
            finishFile(open);
        }
        return List.copyOf(files);
    }

    /** Closes a file that was not finished. */
    @Override
    public void close() throws IOException {
        if (open != null) {
            open.out.close();
            open = null;
        }
    }
}
