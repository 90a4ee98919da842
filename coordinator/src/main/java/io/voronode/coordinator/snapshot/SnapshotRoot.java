package io.voronode.coordinator.snapshot;

import io.voronode.coordinator.validate.Names;
import io.voronode.wire.VoronodeException.AlreadyExists;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder in which snapshots lie, one folder each. A name is checked before it becomes a path, so that nothing outside is reached, and
 * links are not followed below the root. A snapshot has its name only while it is whole: it is written, and deleted, under another one,
 * which begins with a dot and names the coordinator, who removes what an earlier life of it left behind. Any thread may use it.
 */
public final class SnapshotRoot {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotRoot.class);

    private final Path root;
    private final String leftoverSuffix;

    /** Removes what was left behind; makes the folder only when there is something to put into it. */
    public SnapshotRoot(Path root, String coordinator) {
        this.root = root.toAbsolutePath().normalize();
        this.leftoverSuffix = "." + coordinator + ".tmp";
        try {
            children().stream().filter(this::isLeftover).forEach(this::remove);
        } catch (UncheckedIOException e) {
            LOG.warn("what was left behind in {} cannot be removed", root, e);
        }
    }

    private boolean isLeftover(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith(".") && name.endsWith(leftoverSuffix);
    }

    /** The names of the snapshots, in order. */
    public List<String> names() {
        return children().stream()
                .filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                .map(path -> path.getFileName().toString())
                .filter(Names::isValid)
                .sorted()
                .toList();
    }

    private List<Path> children() {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(root)) {
            return children.toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + root, e);
        }
    }

    /**
     * The folder of a snapshot.
     *
     * @throws NotFound if there is none
     */
    Path folder(String name) {
        Names.requireSnapshot(name);
        Path folder = root.resolve(name);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new NotFound("snapshot \"" + name + "\" does not exist in " + root);
        }
        return folder;
    }

    /**
     * A folder in which a snapshot can be written.
     *
     * @throws AlreadyExists if there is one of that name
     */
    Path begin(String name) {
        requireAbsent(name);
        try {
            Files.createDirectories(root);
            return Files.createDirectory(aside(name));
        } catch (IOException e) {
            throw new Unavailable("cannot write into " + root + ": " + e, e);
        }
    }

    private void requireAbsent(String name) {
        Names.requireSnapshot(name);
        if (Files.exists(root.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
            throw exists(name);
        }
    }

    private AlreadyExists exists(String name) {
        return new AlreadyExists("snapshot \"" + name + "\" exists in " + root);
    }

    private Path aside(String name) {
        return root.resolve("." + name + "-" + UUID.randomUUID() + leftoverSuffix);
    }

    /** Gives what {@link #begin} made its name. */
    void publish(Path begun, String name) {
        requireAbsent(name);
        try {
            SnapshotFiles.sync(begun);
            Files.move(begun, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            SnapshotFiles.sync(root);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            throw exists(name);
        } catch (IOException e) {
            throw new Unavailable("cannot write into " + root + ": " + e, e);
        }
    }

    /** Removes a snapshot; half of one is never seen. */
    public void delete(String name) {
        Path folder = folder(name);
        Path aside = aside(name);
        try {
            Files.move(folder, aside, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new Unavailable("cannot delete " + folder + ": " + e, e);
        }
        remove(aside);
    }

    /** Removes a folder of files. What cannot be removed now is tried again at the next start. */
    void remove(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            LOG.warn("{} cannot be removed", folder, e);
        }
    }
}
