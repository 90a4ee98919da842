package io.voronode.cli.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.voronode.cli.Terminal;
import io.voronode.cli.logging.ServerLog;
import io.voronode.cli.process.Cleanup;
import io.voronode.cli.process.HttpEndpoint;
import io.voronode.cli.process.ServerGuard;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ParseResult;

/** The life of a process that is one server: its log, its settings shown, its parts, its end. Used by one thread. */
final class ServerProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);

    private final Cleanup parts = new Cleanup();
    private final HttpEndpoint http;

    private ServerProcess(ServerOptions options, String role, int httpPort) {
        http = add(() -> HttpEndpoint.start(options.bind(), httpPort, role, options.name()));
    }

    /**
     * Sends the log to standard error, shows the settings there and opens the HTTP port.
     *
     * @param role of the server, for its meters
     * @param httpPort 0: any free one
     */
    static ServerProcess begin(ServerOptions options, String role, int httpPort) {
        ServerLog.toStderr();
        if (options.config() != null) {
            LOG.info("settings file {}", options.config());
        }
        ParseResult parsed = options.command().commandLine().getParseResult();
        ServerSettings settings = ServerSettings.of(options.command().commandLine());
        settings.describe(parsed).forEach(line -> LOG.info("setting {}", line));
        if (!options.onLoopback()) {
            LOG.warn("there is no authentication: whoever reaches {} can read and change everything", options.bind());
        }
        return new ServerProcess(options, role, options.port("--http-port", httpPort));
    }

    /** Starts a part; what was started before is closed if it fails. */
    <T extends AutoCloseable> T add(Supplier<T> start) {
        try {
            return parts.add(start.get());
        } catch (RuntimeException e) {
            try {
                parts.closeAll();
            } catch (Exception suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    /** Where the meters of the server go. */
    MeterRegistry meters() {
        return http.meters();
    }

    /**
     * Says that all is up, and waits until the process is told to end; then everything is closed.
     *
     * @param ready what probes of the HTTP port are told
     */
    void serve(Terminal terminal, String message, BooleanSupplier ready) throws InterruptedException {
        ServerGuard.closeAtExit(parts::closeAll, terminal);
        http.readyWhen(ready);
        LOG.info("{}, health and meters at HTTP port {}", message, http.port());
        new CountDownLatch(1).await();
    }
}
