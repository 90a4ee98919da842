package io.voronode.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One server of a {@link TestCluster} as a process, over its restarts; all its lives write to one log. One thread uses it. What a signal
 * does is done when the method returns, as far as the process itself is concerned.
 */
public final class ServerProcess {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
    private static final int TAIL_LINES = 40;
    private static final long TICKS_PER_SECOND = 100;
    /** As the JDK tells it: 128 and the signal. */
    private static final int KILLED = 128 + 9;

    private final String name;
    private final List<String> command;
    private final Path log;
    private final Watchdog watchdog;
    private final String jvmOptions;
    private @Nullable Process process;
    private boolean paused;
    /** Whether its end was ordered; else it is a failure of its own. */
    private boolean ordered;

    /** What is peculiar to one life of a process. */
    public record Life(List<String> jvmOptions, Map<String, String> environment) {
        static final Life USUAL = new Life(List.of(), Map.of());

        public Life {
            jvmOptions = List.copyOf(jvmOptions);
            environment = Map.copyOf(environment);
        }
    }

    /** The options of the JVM are added to those that keep it small. */
    ServerProcess(String name, List<String> command, Path log, Watchdog watchdog, String jvmOptions) {
        this.name = name;
        this.command = List.copyOf(command);
        this.log = log;
        this.watchdog = watchdog;
        this.jvmOptions = "-Xms32m -Xmx384m -XX:+UseSerialGC " + jvmOptions;
    }

    public String name() {
        return name;
    }

    void start(Life life) {
        if (isRunning()) {
            throw new AssertionError(name + " runs already");
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            // Many on a small machine, and short-lived.
            builder.environment().put("VORONODE_JAVA_OPTS", jvmOptions + " " + String.join(" ", life.jvmOptions()));
            builder.environment().putAll(life.environment());
            Process started = builder.start();
            watchdog.started(started);
            process = started;
            paused = false;
            ordered = false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Fails, with its log, where the process ended by itself. */
    public void requireNotFailed() {
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
    public void kill() {
        if (isRunning()) {
            ordered = true;
            Process killed = running();
            killed.destroyForcibly().onExit().join();
            watchdog.ended(killed);
        }
    }

    /** Waits for a death by SIGKILL that somebody else brings about. */
    public void awaitKilled(Duration timeout) throws InterruptedException {
        awaitEnd(KILLED, timeout);
    }

    /** Waits for an end with this exit code that is no order of ours. */
    public void awaitEnd(int exitCode, Duration timeout) throws InterruptedException {
        Process dying = Objects.requireNonNull(process, name);
        if (!dying.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS) || dying.exitValue() != exitCode) {
            throw new AssertionError(name + " did not end with " + exitCode + " within " + timeout + ": " + tail());
        }
        ordered = true;
        watchdog.ended(dying);
    }

    /** SIGTERM; returns when the process has ended. */
    public void stop() throws InterruptedException {
        ordered = true;
        Process stopped = running();
        stopped.destroy();
        if (!stopped.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(name + " did not stop within " + STOP_TIMEOUT + ": " + tail());
        }
        watchdog.ended(stopped);
    }

    /** SIGSTOP: alive for the system, silent for everybody else. */
    public void pause() throws InterruptedException {
        signal("-STOP");
        paused = true;
    }

    /** SIGCONT. */
    public void resume() throws InterruptedException {
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

    public boolean isPaused() {
        return paused;
    }

    /** Of the life that it has now. */
    public long pid() {
        return running().pid();
    }

    /** What the system says of it: R, S, T for stopped by a signal, … */
    public char state() {
        String stat = proc("stat");
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }

    /** Processor time that this life of it has used, in milliseconds. */
    public long cpuMs() {
        String stat = proc("stat");
        // The name in parentheses may hold spaces; utime and stime are fields 14 and 15.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1_000 / TICKS_PER_SECOND;
    }

    /** Resident memory in bytes. */
    public long residentBytes() {
        return status("VmRSS:") << 10;
    }

    public long threads() {
        return status("Threads:");
    }

    private long status(String field) {
        return proc("status")
                .lines()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }

    /** Files and sockets that it has open. */
    public long openFiles() {
        try (Stream<Path> files =
                Files.list(Path.of("/proc", Long.toString(running().pid()), "fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String proc(String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(running().pid()), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the JVM answers to a command of {@code jcmd}. */
    public String jcmd(String... words) throws InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        command.add(Long.toString(pid()));
        command.addAll(List.of(words));
        try {
            Process jcmd = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (jcmd.waitFor() != 0) {
                throw new AssertionError(command + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How long its log is. */
    public long logBytes() {
        return log.toFile().length();
    }

    /** The lines of its log behind so many bytes. */
    public List<String> logSince(long bytes) {
        try (InputStream in = Files.newInputStream(log)) {
            in.skipNBytes(bytes);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of its log. */
    public String tail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return log + ":\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return log + " is unreadable: " + e;
        }
    }
}
