package io.voronode.shardnode.cells;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Encoded cell maps on disk, one file per map, named by its digest. A file that does not have its digest is deleted and is as if absent. */
final class CellMapFiles {
    private static final Logger LOG = LoggerFactory.getLogger(CellMapFiles.class);

    private final Path folder;

    CellMapFiles(Path folder) {
        this.folder = folder;
    }

    byte @Nullable [] read(ByteString digest) {
        Path file = file(digest);
        try {
            byte[] bytes = Files.readAllBytes(file);
            if (Digests.sha256(bytes).equals(digest)) {
                return bytes;
            }
            LOG.warn("cell map file {} does not have its digest; it is fetched again", file);
            Files.delete(file);
            return null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read cell map " + file, e);
        }
    }

    /** Writes beside and renames; not synced, because a damaged file is noticed and fetched again. */
    void write(ByteString digest, byte[] bytes) {
        Path file = file(digest);
        try {
            Files.createDirectories(folder);
            Path temporary = Files.createTempFile(folder, "map", ".tmp");
            try {
                Files.write(temporary, bytes);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary); // on a full disk every attempt would leave one more
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write cell map " + file, e);
        }
    }

    private Path file(ByteString digest) {
        return folder.resolve(HexFormat.of().formatHex(digest.toByteArray()) + ".cells");
    }
}
