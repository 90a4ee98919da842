package io.voronode.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * Sees to it that no process of a test outlives it, however the test ends: a shell that is told of every process and kills those that are
 * left when its standard input ends, which it does even where this JVM is killed. One thread uses it.
 */
final class Watchdog implements AutoCloseable {
    private static final String SCRIPT = """
            declare -A alive
            while read -r change pid; do
              case "$change" in
                started) alive[$pid]=1 ;;
                ended) unset "alive[$pid]" ;;
              esac
            done
            [ ${#alive[@]} = 0 ] || kill -9 "${!alive[@]}" 2>/dev/null
            """;

    private final Process shell;
    private final Writer changes;

    Watchdog() {
        try {
            shell = new ProcessBuilder("bash", "-c", SCRIPT)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        changes = shell.outputWriter(StandardCharsets.US_ASCII);
    }

    void started(Process process) {
        tell("started", process);
    }

    void ended(Process process) {
        tell("ended", process);
    }

    private void tell(String change, Process process) {
        try {
            changes.write(change + " " + process.pid() + "\n");
            changes.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            changes.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        shell.onExit().join();
    }
}
