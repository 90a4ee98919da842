package io.voronode.cli.process;

import io.voronode.cli.Terminal;
import java.time.Duration;

/** Closes a server when the process ends, whether by itself, by Ctrl-C or by SIGTERM. */
public final class ServerGuard {
    /** An orderly end needs a fraction; a hung one must not keep a process that was told to go. */
    private static final long PATIENCE_SECONDS = 20;

    private ServerGuard() {}

    /** The server may be closed before as well. */
    public static void closeAtExit(AutoCloseable server, Terminal terminal) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server, terminal), "voronode-shutdown"));
    }

    private static void close(AutoCloseable server, Terminal terminal) {
        Thread closing = Thread.ofPlatform().daemon().name("voronode-close").start(() -> {
            try {
                server.close();
            } catch (Exception e) {
                terminal.err().println("voronode: " + e.getMessage());
            }
        });
        try {
            if (!closing.join(Duration.ofSeconds(PATIENCE_SECONDS))) {
                terminal.err().println("voronode: gave up closing after " + PATIENCE_SECONDS + " s; the data is safe");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        terminal.flush();
    }
}
