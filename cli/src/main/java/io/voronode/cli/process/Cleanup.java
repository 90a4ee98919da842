package io.voronode.cli.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What has been started, closed in the opposite order; a part that fails to close does not keep the others from it. */
public final class Cleanup {
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    public <T extends AutoCloseable> T add(T part) {
        parts.push(part);
        return part;
    }

    /** Closes everything; a second call has nothing left to do. */
    public void closeAll() throws Exception {
        Exception first = null;
        while (!parts.isEmpty()) {
            first = closed(parts.pop(), first);
        }
        if (first != null) {
            throw first;
        }
    }

    private static @Nullable Exception closed(AutoCloseable part, @Nullable Exception first) {
        try {
            part.close();
            return first;
        } catch (Exception e) {
            if (first == null) {
                return e;
            }
            first.addSuppressed(e);
            return first;
        }
    }

    /** Removes a temporary folder with all that is in it. */
    public static void remove(Path folder) {
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(entry);
            }
        } catch (NoSuchFileException e) {
            // Someone else has removed a part of it: that is what we want.
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove the temporary folder " + folder, e);
        }
    }
}
