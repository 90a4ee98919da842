package io.voronode.shardnode.partition;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where Ratis receives snapshots, under one group's folder, and what it leaves there when that breaks off:
 *
 * <pre>
 *   tmp/snapshot-UUID   a snapshot that comes, or has broken off; each attempt has its own
 *   sm                  the snapshots of the state machine
 *   sm.tmpDATE          the same for the moment in which a whole snapshot-UUID takes their place
 * </pre>
 *
 * Ratis takes none of it away. Keeps nothing; a folder gets another name before it is deleted, so that an install that still comes fails as a
 * whole and is begun anew.
 */
record InstallFolders(Path group) {
    private static final Logger LOG = LoggerFactory.getLogger(InstallFolders.class);
    private static final String GIVEN_UP = "given-up-";

    /** Before the group opens: as it was before whatever came, unless that had come to its end. */
    void restore() throws IOException {
        Path present = group.resolve("sm");
        for (Path old : oldSnapshots()) {
            if (Files.exists(present)) {
                FolderFiles.delete(old);
            } else {
                LOG.warn("the install of a snapshot was broken off at its end; {} is taken back", old);
                FolderFiles.rename(old, present);
            }
        }
        clear(received());
    }

    /** The newest first. */
    private List<Path> oldSnapshots() throws IOException {
        return FolderFiles.list(group).stream()
                .filter(path -> path.getFileName().toString().startsWith("sm.tmp"))
                .toList()
                .reversed();
    }

    /** Of what has been received, that to which nothing more comes. */
    static void clear(List<Path> brokenOff) throws IOException {
        for (Path path : brokenOff) {
            delete(path);
        }
    }

    /** Those to which nothing was added since this time. */
    void clearUntouchedSince(Instant time) throws IOException {
        for (Path path : received()) {
            if (lastTouched(path).isBefore(time)) {
                delete(path);
            }
        }
    }

    /** What has come, or still comes. */
    List<Path> received() throws IOException {
        return FolderFiles.list(group.resolve("tmp"));
    }

    private static Instant lastTouched(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.map(path -> Instant.ofEpochMilli(path.toFile().lastModified()))
                    .max(Instant::compareTo)
                    .orElse(Instant.EPOCH);
        } catch (NoSuchFileException | UncheckedIOException e) {
            // It takes the snapshots' place just now.
            return Instant.MAX;
        }
    }

    private static void delete(Path received) throws IOException {
        LOG.info("{} is what is left of a snapshot that did not come to its end: deleted", received);
        Path given = received.resolveSibling(GIVEN_UP + received.getFileName());
        try {
            Files.move(received, given);
        } catch (NoSuchFileException e) {
            return;
        }
        FolderFiles.delete(given);
    }
}
