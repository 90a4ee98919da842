package io.voronode.cli.server;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.SizeConverter;
import io.voronode.cli.Terminal;
import io.voronode.shardnode.ShardNode;
import io.voronode.shardnode.ShardNodeConfig;
import io.voronode.shardnode.partition.PartitionLimits;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a shard node until the process is told to end. */
@Command(
        name = "shard-node",
        description = "Run a shard node: it holds partitions of the records and shards of the index.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  voronode shard-node --name node-1 --zookeeper 127.0.0.1:2181 --data ./node-1",
            "  voronode shard-node --config node.yaml --zone b"
        })
public final class ShardNodeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ServerOptions options;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "7710",
            description = "Port for coordinators and other nodes; 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--raft-port",
            paramLabel = "PORT",
            defaultValue = "7711",
            description = "Port of the Raft server (default: ${DEFAULT-VALUE}).")
    private int raftPort;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "7712",
            description = "Port of health and meters over HTTP; 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int httpPort;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            defaultValue = "",
            description = "Its failure zone; replicas are spread over zones.")
    private String zone;

    @Option(
            names = "--snapshot-bytes",
            paramLabel = "SIZE",
            defaultValue = "256MiB",
            converter = SizeConverter.class,
            description = "Bytes of a partition's log after which a snapshot is taken (default: ${DEFAULT-VALUE}).")
    private long snapshotBytes;

    @Option(
            names = "--log-segment-bytes",
            paramLabel = "SIZE",
            defaultValue = "32MiB",
            converter = SizeConverter.class,
            description = "Size of the files of a partition's log, of which whole ones are removed "
                    + "(default: ${DEFAULT-VALUE}).")
    private long logSegmentBytes;

    @Option(
            names = "--log-bytes-kept",
            paramLabel = "SIZE",
            defaultValue = "256MiB",
            converter = SizeConverter.class,
            description = "Bytes of a partition's log above which what a snapshot contains is removed, even if a node "
                    + "that is away still lacks it (default: ${DEFAULT-VALUE}).")
    private long logBytesKept;

    public ShardNodeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        ShardNodeConfig config = config();
        ServerProcess process = ServerProcess.begin(options, "shard-node", httpPort);
        ShardNode node = process.add(() -> ShardNode.start(config, process.meters()));
        process.serve(terminal, "shard node " + config.node() + " serves at " + node.rpcAddress(), node::serves);
        return ExitCodes.OK;
    }

    private ShardNodeConfig config() {
        if (raftPort == 0) {
            throw options.usage("--raft-port 0: peers must find it at the same port after a restart");
        }
        return new ShardNodeConfig(
                options.name(),
                options.cluster(),
                zone,
                options.data(),
                options.zookeeper(),
                options.sessionTimeout(),
                options.bind() + ":" + options.port("--port", port),
                options.bind(),
                options.port("--raft-port", raftPort),
                options.advertised(),
                limits());
    }

    private PartitionLimits limits() {
        return PartitionLimits.DEFAULTS.withLog(
                options.atLeastOne("--snapshot-bytes", snapshotBytes),
                options.atLeastOne("--log-segment-bytes", logSegmentBytes),
                options.atLeastOne("--log-bytes-kept", logBytesKept));
    }
}
