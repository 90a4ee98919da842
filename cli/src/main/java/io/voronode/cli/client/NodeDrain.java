package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.client.ClusterInfo;
import io.voronode.client.VoronodeClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Empties a node, and waits until it is. */
@Command(
        name = "drain",
        description = {
            "Have a node give all its replicas away, and wait until it holds none. Reads and writes go on meanwhile. It gets no new ones, over restarts"
                    + " too, until it is undrained.",
            "Ctrl-C ends the waiting, not the draining."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  voronode node drain node-3 && voronode node remove node-3",
            "  voronode node drain node-3 --no-wait"
        })
final class NodeDrain implements Callable<Integer> {
    private static final long POLL_MS = 500;

    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(paramLabel = "NODE", description = "Its name.")
    private String node;

    @Option(names = "--no-wait", description = "Return once the order is taken.")
    private boolean noWait;

    NodeDrain(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (VoronodeClient client = options.connect()) {
            client.drainNode(node);
            if (noWait) {
                terminal.err().println("node " + node + " gives its replicas away");
            } else {
                await(client);
                terminal.err().println("node " + node + " holds nothing");
            }
            return ExitCodes.OK;
        }
    }

    private void await(VoronodeClient client) throws InterruptedException {
        String told = "";
        for (ClusterInfo cluster = client.describeCluster(); !isEmpty(cluster); cluster = client.describeCluster()) {
            String detail = detail(cluster);
            if (!detail.equals(told)) {
                told = detail;
                terminal.err().println(detail);
                terminal.flush();
            }
            Thread.sleep(POLL_MS);
        }
    }

    private boolean isEmpty(ClusterInfo cluster) {
        return cluster.nodes().stream().filter(one -> one.name().equals(node)).allMatch(ClusterInfo.Node::empty);
    }

    private String detail(ClusterInfo cluster) {
        return cluster.operations().stream()
                .filter(operation -> operation.kind() == ClusterInfo.OperationKind.DRAIN
                        && operation.subject().equals(node))
                .map(ClusterInfo.Operation::detail)
                .findFirst()
                .orElse("");
    }
}
