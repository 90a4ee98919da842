package io.voronode.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of {@code scripts/voronode}, as a user would type it. The script becomes the JVM, so signals reach that. */
final class Launcher {
    static {
        // Servers then start in half the time, which is much of what these tests wait for; without they only start
        // slower.
        String complaint = archiveClasses();
        if (!complaint.isEmpty()) {
            System.err.println(complaint);
        }
    }

    private Launcher() {}

    /** What went wrong, or nothing. */
    static String archiveClasses() {
        try {
            Process archiving = new ProcessBuilder(script("lib/archive.sh").toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(archiving.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return archiving.waitFor() == 0 ? "" : "lib/archive.sh ended with " + archiving.exitValue() + ": " + said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while classes were archived", e);
        }
    }

    static List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(script("voronode").toString());
        command.addAll(arguments);
        return command;
    }

    /** One of the scripts, which lie beside this module; Maven names the module's folder. */
    static Path script(String name) {
        return Path.of(System.getProperty("basedir", "."), "..", "scripts", name)
                .toAbsolutePath()
                .normalize();
    }
}
