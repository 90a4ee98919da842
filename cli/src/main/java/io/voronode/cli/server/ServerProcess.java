package io.voronode.cli.server;

import io.voronode.cli.Terminal;
import io.voronode.cli.logging.ServerLog;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ParseResult;

/** The life of a process that is one server: its log, its settings shown, its parts, its end. Used by one thread. */
final class ServerProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);

    private final Cleanup parts = new Cleanup();

    private ServerProcess() {}

    /** Sends the log to standard error and shows the settings there. */
    static ServerProcess begin(ServerOptions options) {
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
        return new ServerProcess();
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

    /** Says that all is up, and waits until the process is told to end; then everything is closed. */
    void serve(Terminal terminal, String message) throws InterruptedException {
        ServerGuard.closeAtExit(parts::closeAll, terminal);
        LOG.info("{}", message);
        new CountDownLatch(1).await();
    }
}
