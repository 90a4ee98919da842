package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.client.VoronodeClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Retires a node. */
@Command(
        name = "remove",
        description =
                "Retire the name of a node for good: of one that has been drained, or, with --lost, of one that has died.",
        footerHeading = "%nExamples:%n",
        footer = {"  voronode node remove node-3", "  voronode node remove node-3 --lost"})
final class NodeRemove implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(paramLabel = "NODE", description = "Its name.")
    private String node;

    @Option(
            names = "--lost",
            description =
                    "It has died and does not come back: make what it held anew elsewhere at once, without the grace that a dead node"
                            + " has. Where it had the only copy of a partition, that is lost.")
    private boolean lost;

    NodeRemove(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            client.removeNode(node, lost);
            terminal.err().println("node " + node + " is removed");
            return ExitCodes.OK;
        }
    }
}
