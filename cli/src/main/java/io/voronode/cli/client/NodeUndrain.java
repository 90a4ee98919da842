package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.client.VoronodeClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Fills a node again. */
@Command(
        name = "undrain",
        description = "Let a node that was drained take replicas again.",
        footerHeading = "%nExamples:%n",
        footer = "  voronode node undrain node-3")
final class NodeUndrain implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(paramLabel = "NODE", description = "Its name.")
    private String node;

    NodeUndrain(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            client.undrainNode(node);
            terminal.err().println("node " + node + " takes replicas");
            return ExitCodes.OK;
        }
    }
}
