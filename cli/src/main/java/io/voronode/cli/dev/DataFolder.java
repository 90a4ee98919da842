package io.voronode.cli.dev;

import io.voronode.cli.CliException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a dev server, held by one process at a time. It holds
 *
 * <pre>
 *   FORMAT      the version of this layout: "voronode-data 1"
 *   LOCK        locked while a process uses the folder; names it
 *   raft-port   where the first node's Raft server listens; raft-port-2, … those of others: peers of a group keep
 *               their addresses
 *   zookeeper/  node-1/ …  coordinator/  logs/
 * </pre>
 *
 * A newer format is refused, and so is a folder that holds something else: nothing is ever written there.
 */
final class DataFolder implements AutoCloseable {
    private static final int VERSION = 1;
    private static final String MARK = "voronode-data ";
    private static final long MIN_FREE_BYTES = 64L << 20;
    private static final Set<String> OWN_FILES = Set.of("FORMAT", "FORMAT.new", "LOCK");

    private final Path folder;
    private final FileChannel channel;
    private final FileLock lock;

    private DataFolder(Path folder, FileChannel channel, FileLock lock) {
        this.folder = folder;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Takes the folder, making it where there is none.
     *
     * @throws CliException a sentence that says why it cannot be used
     */
    static DataFolder open(Path folder) {
        try {
            Files.createDirectories(folder);
            checkFormat(folder);
            DataFolder opened = lock(folder);
            try {
                opened.prepare();
                return opened;
            } catch (IOException | CliException e) {
                opened.closeAfter(e);
                throw e;
            }
        } catch (IOException e) {
            throw new CliException("cannot use folder " + folder + ": " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case java.nio.file.AccessDeniedException denied -> "no permission to write there";
            case java.nio.file.FileAlreadyExistsException exists -> exists.getFile() + " is not a folder";
            case java.nio.file.FileSystemException file when file.getReason() != null -> file.getReason();
            // Its message would be the path alone.
            case java.nio.file.NoSuchFileException missing -> "it cannot be made";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static void checkFormat(Path folder) throws IOException {
        Path format = folder.resolve("FORMAT");
        if (!Files.exists(format)) {
            checkNothingElse(folder);
            return;
        }
        String line = Files.readString(format).strip();
        if (!line.matches(MARK + "[0-9]{1,9}")) {
            throw new CliException("folder " + folder + " has a damaged FORMAT file: \"" + line + "\"");
        }
        int version = Integer.parseInt(line.substring(MARK.length()));
        if (version != VERSION) {
            throw new CliException("folder " + folder + " has data format " + version + "; this voronode knows only "
                    + VERSION + ": use the version that wrote it");
        }
    }

    private static void checkNothingElse(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            boolean foreign = entries.anyMatch(entry -> !OWN_FILES.contains(String.valueOf(entry.getFileName())));
            if (foreign) {
                throw new CliException(
                        "folder " + folder + " holds other files and no Voronode data: name an empty one");
            }
        }
    }

    private static DataFolder lock(Path folder) throws IOException {
        FileChannel channel = FileChannel.open(
                folder.resolve("LOCK"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                throw new CliException("folder " + folder + " is in use by another voronode process" + owner(channel));
            }
            return new DataFolder(folder, channel, lock);
        } catch (IOException | CliException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another server of this process holds it.
            return null;
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(20);
        channel.read(pid, 0);
        return pid.position() == 0
                ? ""
                : " (" + new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII) + ")";
    }

    private void prepare() throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < MIN_FREE_BYTES) {
            throw new CliException("folder " + folder + " has " + (free >> 20) + " MiB of free space; at least "
                    + (MIN_FREE_BYTES >> 20) + " MiB are needed");
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(("pid " + ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
        write("FORMAT", MARK + VERSION);
    }

    /** Writes a small file whole or not at all. */
    private void write(String name, String content) throws IOException {
        Path target = folder.resolve(name);
        if (!Files.exists(target)) {
            Path temporary = folder.resolve(name + ".new");
            Files.writeString(temporary, content + "\n");
            Files.move(temporary, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        }
    }

    Path path() {
        return folder;
    }

    Path resolve(String name) {
        return folder.resolve(name);
    }

    /** How many nodes have been started here before; 0 in a new folder. */
    int nodes() {
        int nodes = 0;
        while (Files.exists(raftPortFile(nodes + 1))) {
            nodes++;
        }
        return nodes;
    }

    /**
     * The Raft port of a node, chosen when it is new here and the same ever after.
     *
     * @param node 1 for the first; those before it have been asked for before
     */
    int raftPort(int node) {
        Path file = raftPortFile(node);
        try {
            if (!Files.exists(file)) {
                int from = node == 1 ? Ports.RAFT : raftPort(node - 1) + 1;
                write(String.valueOf(file.getFileName()), String.valueOf(Ports.firstFree(from)));
            }
            return Integer.parseInt(Files.readString(file).strip());
        } catch (IOException | NumberFormatException e) {
            throw new CliException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private Path raftPortFile(int node) {
        return folder.resolve(node == 1 ? "raft-port" : "raft-port-" + node);
    }

    private void closeAfter(Exception error) {
        try {
            close();
        } catch (CliException e) {
            error.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new CliException("cannot release folder " + folder + ": " + e.getMessage(), e);
        }
    }
}
