package io.voronode.cli.dev;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.cli.process.ServerGuard;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a server until the process is told to end. */
@Command(
        name = "dev",
        description = "Run Voronode in this process, durable in one folder, until Ctrl-C or SIGTERM.",
        footerHeading = "%nExamples:%n",
        footer = {"  voronode dev --data ./data", "  voronode dev --nodes 3 --port 7800"})
public final class DevCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private DevOptions options;

    public DevCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        DevServer server = DevServer.start(options.config(), false);
        ServerGuard.closeAtExit(server, terminal);
        terminal.err()
                .println("Voronode serves at " + server.address() + ", metrics at http://" + server.httpAddress()
                        + "/metrics, data in " + server.folder() + "; Ctrl-C ends it");
        new CountDownLatch(1).await();
        return ExitCodes.OK;
    }
}
