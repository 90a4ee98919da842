package io.voronode.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server of Voronode, over its lives. What it used is read from the system's books of the process ({@code /proc}), what it did from its
 * meters. One thread uses it; closing kills the process and leaves its files.
 */
public final class MeasuredProcess implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final int PAUSE_MS = 20;

    private final List<String> command;
    private final int httpPort;
    private final Path log;
    private Process process;

    /**
     * Starts it and returns at once.
     *
     * @param httpPort where the command has it answer about its health and its meters
     * @param log takes what it prints, of all its lives
     */
    public static MeasuredProcess launch(List<String> command, int httpPort, Path log) throws IOException {
        return new MeasuredProcess(command, httpPort, log);
    }

    private MeasuredProcess(List<String> command, int httpPort, Path log) throws IOException {
        this.command = List.copyOf(command);
        this.httpPort = httpPort;
        this.log = log;
        this.process = launch();
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Waits until it takes requests. */
    public void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        HttpRequest ready = request("/health/ready");
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (!answers(http, ready)) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("the server does not serve; see " + log);
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            }
        }
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                .timeout(Duration.ofSeconds(5))
                .build();
    }

    private static boolean answers(HttpClient http, HttpRequest request) throws InterruptedException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException _) {
            return false; // It does not listen yet.
        }
    }

    /** Ends the process without a word to it, as kill -9 does. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Starts it once more; answers before it is ready. */
    public void restart() throws IOException {
        process = launch();
    }

    /** Processor time that this life of the process has used. */
    public Duration processorTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** Resident memory that no file stands behind: the Java heap, and what native code allocated. */
    public long anonymousBytes() {
        return status("RssAnon:") << 10;
    }

    /** Resident pages of mapped files; the system takes them back when it needs them. */
    public long mappedBytes() {
        return status("RssFile:") << 10;
    }

    public Meters meters() throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return new Meters(http.send(request("/metrics"), HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .toList());
        }
    }

    private long status(String name) {
        try {
            return Files.readAllLines(Path.of("/proc", "" + process.pid(), "status")).stream()
                    .filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
