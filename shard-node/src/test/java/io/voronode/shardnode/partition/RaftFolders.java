package io.voronode.shardnode.partition;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Looks into a node's Raft folders. */
final class RaftFolders {
    private RaftFolders() {}

    /** The first index of the oldest log file of the node's only group. */
    static long firstLogIndex(Path data) {
        try (Stream<Path> files = Files.walk(data.resolve("raft"))) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.matches("log_(inprogress_)?\\d+(-\\d+)?"))
                    .mapToLong(name -> Long.parseLong(name.replaceAll("log_(?:inprogress_)?(\\d+).*", "$1")))
                    .min()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            // Files come and go while Ratis works.
            return 0;
        }
    }

    /** Whether a part of a snapshot has come, and not all of it. */
    static boolean isInstalling(Path data) {
        Path raft = data.resolve("raft");
        try (Stream<Path> files = Files.walk(raft)) {
            return files.filter(Files::isRegularFile)
                    .map(raft::relativize)
                    .anyMatch(path -> path.getNameCount() > 2
                            && path.getName(1).toString().equals("tmp"));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }
}
