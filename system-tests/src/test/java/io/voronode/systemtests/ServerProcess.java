package io.voronode.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One server of a {@link TestCluster} as a process, over its restarts; all its lives write to one log. One thread uses it. What a signal
 * does is done when the method returns, as far as the process itself is concerned.
 */
final class ServerProcess {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
    private static final int TAIL_LINES = 40;
    private static final long TICKS_PER_SECOND = 100;

    private final String name;
    private final List<String> command;
    private final Path log;
    private final Watchdog watchdog;
    private @Nullable Process process;
    private boolean paused;
    /** Whether its end was ordered; else it is a failure of its own. */
    private boolean ordered;

    ServerProcess(String name, List<String> command, Path log, Watchdog watchdog) {
        this.name = name;
        this.command = List.copyOf(command);
        this.log = log;
        this.watchdog = watchdog;
    }

    String name() {
        return name;
    }

    void start() {
        if (isRunning()) {
            throw new AssertionError(name + " runs already");
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            // Many on a small machine, and short-lived.
            builder.environment().put("VORONODE_JAVA_OPTS", "-Xms32m -Xmx384m -XX:+UseSerialGC");
            Process started = builder.start();
            watchdog.started(started);
            process = started;
            paused = false;
            ordered = false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Fails, with its log, where the process ended by itself. */
    void requireNotFailed() {
        if (!ordered && process != null && !process.isAlive()) {
            throw new AssertionError(name + " ended by itself with " + process.exitValue() + ": " + tail());
        }
    }

    private Process running() {
        Process present = process;
        if (present == null || !present.isAlive()) {
            throw new AssertionError(name + " does not run" + (present == null ? "" : ": " + tail()));
        }
        return present;
    }

    /** kill -9: nothing is flushed, nothing is said. */
    void kill() {
        if (isRunning()) {
            ordered = true;
            Process killed = running();
            killed.destroyForcibly().onExit().join();
            watchdog.ended(killed);
        }
    }

    /** SIGTERM; returns when the process has ended. */
    void stop() throws InterruptedException {
        ordered = true;
        Process stopped = running();
        stopped.destroy();
        if (!stopped.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(name + " did not stop within " + STOP_TIMEOUT + ": " + tail());
        }
        watchdog.ended(stopped);
    }

    /** SIGSTOP: alive for the system, silent for everybody else. */
    void pause() throws InterruptedException {
        signal("-STOP");
        paused = true;
    }

    /** SIGCONT. */
    void resume() throws InterruptedException {
        signal("-CONT");
        paused = false;
    }

    private void signal(String signal) throws InterruptedException {
        try {
            Process kill =
                    new ProcessBuilder("kill", signal, Long.toString(running().pid())).start();
            if (kill.waitFor() != 0) {
                throw new AssertionError("kill " + signal + " of " + name + " ended with " + kill.exitValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isPaused() {
        return paused;
    }

    /** Processor time that this life of it has used, in milliseconds. */
    long cpuMs() {
        String stat = proc("stat");
        // The name in parentheses may hold spaces; utime and stime are fields 14 and 15.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1_000 / TICKS_PER_SECOND;
    }

    /** Resident memory in bytes. */
    long residentBytes() {
        return proc("status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                .findFirst()
                .orElse(0);
    }

    private String proc(String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(running().pid()), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of its log. */
    String tail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return log + ":\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return log + " is unreadable: " + e;
        }
    }
}
