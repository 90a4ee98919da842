package io.voronode.coordinator.snapshot;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.voronode.proto.internal.v1.SnapshotFile;
import io.voronode.proto.internal.v1.SnapshotManifest;
import io.voronode.wire.ListDigest;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Corruption;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/** The files of a snapshot's folder, as snapshot.proto tells them. Nothing is read through a link. */
final class SnapshotFiles {
    static final int FORMAT = 1;

    private static final String MANIFEST = "manifest.json";
    private static final String MANIFEST_SHA = "manifest.sha256";
    private static final Pattern ROWS = Pattern.compile("rows-\\d{1,9}-\\d{1,9}\\.bin");
    private static final int BUFFER_BYTES = 64 << 10;
    private static final long LARGEST_MANIFEST = 64L << 20;

    private SnapshotFiles() {}

    static String rowFile(int partition, int number) {
        return "rows-" + partition + "-" + number + ".bin";
    }

    static void writeManifest(Path folder, SnapshotManifest manifest) throws IOException {
        byte[] json = (JsonFormat.printer().print(manifest) + "\n").getBytes(StandardCharsets.UTF_8);
        write(folder.resolve(MANIFEST), json);
        write(folder.resolve(MANIFEST_SHA), (hex(json) + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static void write(Path file, byte[] content) throws IOException {
        Files.write(file, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    }

    private static String hex(byte[] content) {
        return HexFormat.of().formatHex(ListDigest.sha256().digest(content));
    }

    /** Makes the entries of a folder durable. */
    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * The manifest, compared with its checksum.
     *
     * @throws Corruption naming the file that is damaged
     * @throws BadInput if it is of another format
     */
    static SnapshotManifest readManifest(Path folder) {
        Path file = folder.resolve(MANIFEST);
        byte[] json = small(file);
        String sha = new String(small(folder.resolve(MANIFEST_SHA)), StandardCharsets.US_ASCII).strip();
        if (!sha.equals(hex(json))) {
            throw new Corruption(file + " does not have the SHA-256 that " + MANIFEST_SHA + " tells: " + sha, null);
        }
        SnapshotManifest.Builder manifest = SnapshotManifest.newBuilder();
        try {
            JsonFormat.parser().ignoringUnknownFields().merge(new String(json, StandardCharsets.UTF_8), manifest);
        } catch (InvalidProtocolBufferException e) {
            throw new Corruption(file + " is not a manifest: " + e.getMessage(), e);
        }
        if (manifest.getFormat() != FORMAT) {
            throw new BadInput(file + " is of format " + Integer.toUnsignedString(manifest.getFormat())
                    + "; this version reads format " + FORMAT);
        }
        return manifest.build();
    }

    private static byte[] small(Path file) {
        requireRegular(file);
        try {
            if (Files.size(file) > LARGEST_MANIFEST) {
                throw new Corruption(file + " is larger than " + LARGEST_MANIFEST + " bytes", null);
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new Corruption(file + " cannot be read: " + e, e);
        }
    }

    /** A row file that the manifest names; its name is not trusted. */
    static Path rowFile(Path folder, SnapshotFile file) {
        if (!ROWS.matcher(file.getName()).matches()) {
            throw new Corruption("the manifest in " + folder + " names a file \"" + file.getName() + "\"", null);
        }
        Path path = folder.resolve(file.getName());
        requireRegular(path);
        return path;
    }

    private static void requireRegular(Path file) {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new Corruption(file + " is missing, or is not a file", null);
        }
    }

    /**
     * Compares a row file with what the manifest tells.
     *
     * @param read told of the bytes that were read
     * @throws Corruption naming the file if it differs
     */
    static void requireUndamaged(Path folder, SnapshotFile file, LongConsumer read) {
        Path path = rowFile(folder, file);
        MessageDigest sha = ListDigest.sha256();
        long bytes = 0;
        try (InputStream in = open(path)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                sha.update(buffer, 0, count);
                bytes += count;
                read.accept(count);
            }
        } catch (IOException e) {
            throw new Corruption(path + " cannot be read: " + e, e);
        }
        if (bytes != file.getBytes()) {
            throw new Corruption(path + " has " + bytes + " bytes, not " + file.getBytes(), null);
        }
        if (!HexFormat.of().formatHex(sha.digest()).equals(file.getSha256())) {
            throw new Corruption(path + " does not have the SHA-256 that the manifest tells", null);
        }
    }

    static InputStream open(Path file) throws IOException {
        return Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }
}
