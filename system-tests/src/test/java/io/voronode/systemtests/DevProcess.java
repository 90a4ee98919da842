package io.voronode.systemtests;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.voronode.wire.Channels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One {@code voronode dev} as a process of its own, on a folder and a port that stay the same over its restarts. One thread uses it;
 * closing kills what still runs.
 */
final class DevProcess implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(2);
    private static final int PAUSE_MS = 50;

    private final Path folder;
    private final Path log;
    private final int port;
    private Process process;

    /** Starts a server and waits until it serves. */
    static DevProcess start(Path folder) throws InterruptedException {
        DevProcess server = new DevProcess(folder, freePort());
        server.awaitServing();
        return server;
    }

    private DevProcess(Path folder, int port) {
        this.folder = folder;
        this.log = folder.resolveSibling(folder.getFileName() + ".log");
        this.port = port;
        this.process = launch(List.of());
    }

    Path folder() {
        return folder;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** kill -9: nothing is flushed, nothing is said. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** SIGTERM; answers the exit code. */
    int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("server did not stop within " + STOP_TIMEOUT + "; its log:\n" + tail());
        }
        return process.exitValue();
    }

    /** Starts the process again on the same folder and port, and waits until it serves. */
    void restart() throws InterruptedException {
        restart(List.of());
    }

    /** The same with more options. */
    void restart(List<String> options) throws InterruptedException {
        process = launch(options);
        awaitServing();
    }

    @Override
    public void close() {
        kill();
    }

    private Process launch(List<String> options) {
        List<String> arguments = new ArrayList<>(
                List.of("dev", "--data", folder.toString(), "--port", Integer.toString(port), "--http-port", "0"));
        arguments.addAll(options);
        try {
            return new ProcessBuilder(Launcher.command(arguments))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitServing() throws InterruptedException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        try (Channels channels = new Channels()) {
            ManagedChannel channel = channels.to(address());
            while (!serving(channel)) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new AssertionError("server does not serve after " + START_TIMEOUT + " (alive: "
                            + process.isAlive() + "); its log:\n" + tail());
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            }
        }
    }

    private static boolean serving(ManagedChannel channel) {
        try {
            return HealthGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(HEALTH_TIMEOUT)
                            .check(HealthCheckRequest.getDefaultInstance())
                            .getStatus()
                    == ServingStatus.SERVING;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    private String tail() {
        try {
            List<String> lines = new ArrayList<>(Files.readAllLines(log));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
        } catch (IOException e) {
            return "unreadable: " + e;
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
