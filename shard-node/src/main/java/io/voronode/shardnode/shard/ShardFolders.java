package io.voronode.shardnode.shard;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the indexes of a node lie: {@code shards/COLLECTION/GENERATION/SHARD}, and damaged ones in {@code
 * shards-quarantine/COLLECTION-GENERATION-SHARD-TIME}, of which the newest few are kept. All of it is derived data.
 */
final class ShardFolders {
    static final int QUARANTINED_KEPT = 3;

    private final Path shards;
    private final Path quarantine;

    ShardFolders(Path dataFolder) {
        this.shards = dataFolder.resolve("shards");
        this.quarantine = dataFolder.resolve("shards-quarantine");
    }

    Path of(ShardId id) {
        return generation(id).resolve(Integer.toString(id.shard()));
    }

    private Path generation(ShardId id) {
        return collection(id).resolve(Integer.toString(id.generation()));
    }

    private Path collection(ShardId id) {
        return shards.resolve(id.collection());
    }

    /** The shards that have a folder. */
    List<ShardId> present() throws IOException {
        List<ShardId> present = new ArrayList<>();
        for (Path collection : children(shards)) {
            for (Path generation : children(collection)) {
                for (Path shard : children(generation)) {
                    present.add(new ShardId(
                            collection.getFileName().toString(),
                            Integer.parseInt(generation.getFileName().toString()),
                            Integer.parseInt(shard.getFileName().toString())));
                }
            }
        }
        return present;
    }

    void delete(ShardId id) throws IOException {
        deleteTree(of(id));
        deleteIfEmpty(generation(id));
        deleteIfEmpty(collection(id));
    }

    /** Moves a damaged index aside, so that it can be looked at, and makes place for a new one. */
    Path quarantine(ShardId id, long timeMs) throws IOException {
        Files.createDirectories(quarantine);
        Path aside = quarantine.resolve(id.toString().replace('/', '-') + "-" + timeMs);
        Files.move(of(id), aside, StandardCopyOption.ATOMIC_MOVE);
        List<Path> kept = children(quarantine).stream()
                .sorted((a, b) -> Long.compare(timeOf(b), timeOf(a)))
                .toList();
        for (Path old : kept.subList(Math.min(QUARANTINED_KEPT, kept.size()), kept.size())) {
            deleteTree(old);
        }
        return aside;
    }

    private static long timeOf(Path quarantined) {
        String name = quarantined.getFileName().toString();
        return Long.parseLong(name.substring(name.lastIndexOf('-') + 1));
    }

    /** Bytes of an index. */
    long bytes(ShardId id) throws IOException {
        long bytes = 0;
        for (Path file : children(of(id))) {
            bytes += sizeOf(file);
        }
        return bytes;
    }

    private static long sizeOf(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0; // a merge has just removed it
        }
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static void deleteIfEmpty(Path folder) throws IOException {
        if (Files.isDirectory(folder) && children(folder).isEmpty()) {
            Files.deleteIfExists(folder);
        }
    }

    private static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
