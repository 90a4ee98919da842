package io.voronode.coordinator.image;

import com.google.protobuf.ByteString;
import io.voronode.wire.VoronodeException.Corruption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs by digest: from a folder of this coordinator, else from a holder of the partition that keeps them, and then kept in the folder.
 * All that was read or fetched is verified by its digest; a damaged file is fetched again. Any thread may ask; files go when the tree no longer
 * names them ({@link #retain}).
 */
public final class BlobCache {
    private static final Logger LOG = LoggerFactory.getLogger(BlobCache.class);
    private static final String PARTIAL = ".partial";

    private final Path folder;
    private final BlobSource source;
    private Set<ByteString> retained = Set.of();

    /** Keeps blobs in the folder, which is made if it is not there. */
    BlobCache(Path folder, BlobSource source) {
        this.folder = folder;
        this.source = source;
        try {
            Files.createDirectories(folder);
            deletePartial();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the folder of blobs " + folder, e);
        }
    }

    /** What a process that was killed had begun to write. */
    private void deletePartial() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + PARTIAL)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    /**
     * The bytes with this digest. May block for the time of an RPC.
     *
     * @param partition that keeps the blob
     * @throws io.voronode.wire.VoronodeException if they are nowhere to be had
     */
    byte[] bytes(ByteString digest, int partition) {
        byte[] kept = readFile(digest);
        return kept == null ? fetch(digest, partition) : kept;
    }

    /**
     * Removes the files of all other blobs, where others are named than the last time. A tree that names none may be one that has not been
     * read: then all stay. For one thread.
     */
    void retain(Set<ByteString> named) {
        if (named.isEmpty() || named.equals(retained)) {
            return;
        }
        retained = Set.copyOf(named);
        Set<String> names = named.stream().map(BlobCache::hex).collect(Collectors.toSet());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!names.contains(name) && !name.endsWith(PARTIAL)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn("blobs that nobody needs stay in {}", folder, e);
        }
    }

    private byte[] fetch(ByteString digest, int partition) {
        byte[] bytes = source.fetch(partition, digest);
        if (!digestOf(bytes).equals(digest)) {
            throw new Corruption(
                    "blob of partition " + partition + " has digest " + hex(digestOf(bytes)) + ", not " + hex(digest),
                    null);
        }
        writeFile(digest, bytes);
        return bytes;
    }

    private byte @Nullable [] readFile(ByteString digest) {
        Path file = folder.resolve(hex(digest));
        try {
            if (!Files.exists(file)) {
                return null;
            }
            byte[] bytes = Files.readAllBytes(file);
            if (digestOf(bytes).equals(digest)) {
                return bytes;
            }
            LOG.warn("blob {} is damaged and is fetched again", file);
            Files.delete(file);
        } catch (IOException e) {
            LOG.warn("cannot read blob {}, it is fetched again", file, e);
        }
        return null;
    }

    /** The folder is a cache: a full disk makes the next start slower, not this request fail. */
    private void writeFile(ByteString digest, byte[] bytes) {
        try {
            Path partial = Files.createTempFile(folder, "blob", PARTIAL);
            try {
                Files.write(partial, bytes);
                try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
                Files.move(partial, folder.resolve(hex(digest)), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (ClosedByInterruptException e) {
            LOG.debug("closing while a blob was written", e);
        } catch (IOException e) {
            LOG.warn("cannot keep blob {} in {}", hex(digest), folder, e);
        }
    }

    private static String hex(ByteString digest) {
        return HexFormat.of().formatHex(digest.toByteArray());
    }

    /** SHA-256, the name of a blob. */
    public static ByteString digestOf(byte[] bytes) {
        try {
            return ByteString.copyFrom(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
