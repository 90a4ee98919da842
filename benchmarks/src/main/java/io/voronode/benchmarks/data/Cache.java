package io.voronode.benchmarks.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which benches keep what takes minutes to make. Every entry is named by what it was made from, so it is
 * never stale and may be removed at any time. An entry is filled under another name and moved into place: a run that was
 * killed leaves no half one behind.
 */
public record Cache(Path root) {

    /** Names another folder than the default. */
    public static final String VARIABLE = "VORONODE_BENCH_CACHE";

    /** As the environment says: {@link #VARIABLE}, else {@code voronode-bench} where the user's caches are. */
    public static Cache of(Map<String, String> environment) {
        String chosen = environment.get(VARIABLE);
        if (chosen != null && !chosen.isBlank()) {
            return new Cache(Path.of(chosen));
        }
        String caches = environment.get("XDG_CACHE_HOME");
        Path base = caches == null || caches.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(caches);
        return new Cache(base.resolve("voronode-bench"));
    }

    /** Fills an entry, a file or a folder, at the path that it is given. */
    @FunctionalInterface
    public interface Filler {
        void fill(Path entry) throws IOException;
    }

    /**
     * The entry of this name, made first if it is not there.
     *
     * @param name of files and folders, {@code /} between them
     */
    public Path entry(String name, Filler filler) throws IOException {
        Path entry = root.resolve(name);
        if (Files.exists(entry)) {
            return entry;
        }
        Path parent = entry.getParent() == null ? root : entry.getParent();
        Files.createDirectories(parent);
        Path scratch = Files.createTempDirectory(parent, ".making-");
        try {
            Path made = scratch.resolve("entry");
            filler.fill(made);
            move(made, entry);
        } finally {
            remove(scratch);
        }
        return entry;
    }

    /** Another run may have been faster: then its entry, which is of the same content, stays. */
    private static void move(Path made, Path entry) throws IOException {
        try {
            Files.move(made, entry, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.exists(entry)) {
                throw e;
            }
        }
    }

    /** Removes a file or a folder with all that is in it; does nothing if there is none. */
    public static void remove(@Nullable Path path) throws IOException {
        if (path == null || !Files.exists(path)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(path)) {
            for (Path each : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
