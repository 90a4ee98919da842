package io.voronode.shardnode.membership;

import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A node's data folder while a process uses it. {@code LOCK} is locked as long as that, so that a second process is refused; {@code FORMAT}
 * holds the number of the layout under the folder, so that an older program does not touch what it does not know.
 */
public final class DataFolder implements AutoCloseable {
    /** The layout that this program reads and writes. */
    public static final int FORMAT_VERSION = 1;

    private final Path path;
    private final FileChannel lockFile;

    private DataFolder(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Takes the folder, and makes it if it does not exist.
     *
     * @throws VoronodeException.Unavailable if another process has it, or it cannot be written
     * @throws VoronodeException.BadInput if a newer program wrote it
     */
    public static DataFolder open(Path path) {
        try {
            Files.createDirectories(path);
            FileChannel lockFile =
                    FileChannel.open(path.resolve("LOCK"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                requireLock(path, lockFile);
                requireFormat(path);
                return new DataFolder(path, lockFile);
            } catch (IOException | RuntimeException e) {
                lockFile.close();
                throw e;
            }
        } catch (IOException e) {
            throw new VoronodeException.Unavailable("cannot write the data folder " + path + ": " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        String type = e.getClass().getSimpleName();
        return e.getMessage() == null || e.getMessage().equals("") ? type : type + ": " + e.getMessage();
    }

    private static void requireLock(Path path, FileChannel lockFile) throws IOException {
        if (tryLock(lockFile) == null) {
            throw new VoronodeException.Unavailable("another Voronode process uses the data folder " + path);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel lockFile) throws IOException {
        try {
            return lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another node of this process has it
        }
    }

    private static void requireFormat(Path path) throws IOException {
        Path file = path.resolve("FORMAT");
        if (!Files.exists(file)) {
            DurableFile.write(path, "FORMAT", (FORMAT_VERSION + "\n").getBytes(StandardCharsets.UTF_8));
            return;
        }
        int version = version(file, Files.readString(file).strip());
        if (version != FORMAT_VERSION) {
            throw new VoronodeException.BadInput("the data folder " + path + " has format " + version
                    + ", this program knows only format " + FORMAT_VERSION);
        }
    }

    private static int version(Path file, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new VoronodeException.Corruption(file + " holds \"" + text + "\" and not a format number", e);
        }
    }

    public Path path() {
        return path;
    }

    /** Gives the folder back. */
    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
