package io.voronode.cli.server;

import io.voronode.cli.DurationConverter;
import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.coordinator.Coordinator;
import io.voronode.coordinator.CoordinatorConfig;
import io.voronode.coordinator.control.ClusterPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a coordinator until the process is told to end. */
@Command(
        name = "coordinator",
        description = {
            "Run a coordinator: it takes the requests of clients; any of several of them controls the cluster.",
            "A cluster needs a ZooKeeper ensemble, one coordinator or more, and shard nodes."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  voronode coordinator --name coordinator-1 --zookeeper 127.0.0.1:2181 --data ./coordinator-1",
            "  voronode coordinator --config coordinator.yaml --port 7720"
        })
public final class CoordinatorCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ServerOptions options;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "7700",
            description = "Port of the API; 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "7701",
            description = "Port of health and meters over HTTP; 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int httpPort;

    @Option(
            names = "--snapshots",
            paramLabel = "DIR",
            description = "The folder that snapshots are written to and restored from (default: DATA/snapshots).")
    private @Nullable Path snapshots;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description = "A folder with more embedding models: NAME/model.onnx and NAME/tokenizer.json each.")
    private @Nullable Path models;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "16",
            description = "Partitions of a cluster that is made; they never change (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
            names = "--replication",
            paramLabel = "N",
            defaultValue = "3",
            description = "Copies of every record: 1, 3 or 5; one while there are fewer than three nodes "
                    + "(default: ${DEFAULT-VALUE}).")
    private int replication;

    @Option(
            names = "--initial-nodes",
            paramLabel = "N",
            defaultValue = "1",
            description = "Shard nodes that a new cluster waits for before it is made (default: ${DEFAULT-VALUE}).")
    private int initialNodes;

    @Option(
            names = "--node-grace",
            paramLabel = "TIME",
            defaultValue = "5m",
            converter = DurationConverter.class,
            description = "How long a node may be away before what it held is made anew elsewhere "
                    + "(default: ${DEFAULT-VALUE}).")
    private Duration nodeGrace;

    @Option(
            names = "--canary-share",
            paramLabel = "SHARE",
            defaultValue = "0.001",
            description = "Share of the searches that are done once more, exactly, to measure their recall; 0 for none "
                    + "(default: ${DEFAULT-VALUE}).")
    private double canaryShare;

    @Option(
            names = "--slow-search",
            paramLabel = "TIME",
            defaultValue = "1s",
            converter = DurationConverter.class,
            description = "Searches that take as long are told in the log, with what took their time; 0s for none "
                    + "(default: ${DEFAULT-VALUE}).")
    private Duration slowSearch;

    public CoordinatorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        CoordinatorConfig config = config();
        ServerProcess process = ServerProcess.begin(options, "coordinator", httpPort);
        Coordinator coordinator = process.add(() -> Coordinator.start(config, process.meters()));
        process.serve(
                terminal,
                "coordinator " + config.name() + " serves at " + config.advertisedHost() + ":" + coordinator.port(),
                coordinator::ready);
        return ExitCodes.OK;
    }

    private CoordinatorConfig config() {
        return new CoordinatorConfig(
                options.name(),
                options.cluster(),
                options.zookeeper(),
                options.sessionTimeout(),
                options.bind(),
                options.advertised(),
                options.port("--port", port),
                options.data(),
                snapshots == null ? options.data().resolve("snapshots") : snapshots,
                options.existing("--models", models),
                policy(),
                canaryShare(),
                slowSearch);
    }

    private double canaryShare() {
        if (!(canaryShare >= 0 && canaryShare <= 1)) {
            throw options.usage("--canary-share " + canaryShare + " is not within 0 to 1");
        }
        return canaryShare;
    }

    private ClusterPolicy policy() {
        if (partitions > ClusterPolicy.MAX_PARTITION_COUNT) {
            throw options.usage("--partitions " + partitions + " is above " + ClusterPolicy.MAX_PARTITION_COUNT);
        }
        if (replication != 1 && replication != 3 && replication != 5) {
            throw options.usage("--replication " + replication + " is not 1, 3 or 5");
        }
        return new ClusterPolicy(
                (int) options.atLeastOne("--partitions", partitions),
                (int) options.atLeastOne("--initial-nodes", initialNodes),
                replication,
                nodeGrace);
    }
}
