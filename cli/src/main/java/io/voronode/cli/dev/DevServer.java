package io.voronode.cli.dev;

import io.voronode.cli.CliException;
import io.voronode.cli.logging.ServerLog;
import io.voronode.cli.process.Cleanup;
import io.voronode.cli.process.HttpEndpoint;
import io.voronode.client.VoronodeClient;
import io.voronode.coordinator.Coordinator;
import io.voronode.coordinator.CoordinatorConfig;
import io.voronode.coordinator.canary.RecallCanary;
import io.voronode.coordinator.control.ClusterPolicy;
import io.voronode.coordinator.zookeeper.EmbeddedZooKeeper;
import io.voronode.shardnode.ShardNode;
import io.voronode.shardnode.ShardNodeConfig;
import io.voronode.shardnode.partition.PartitionLimits;
import io.voronode.wire.Channels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Voronode in this process: ZooKeeper, one coordinator and one shard node or several, the same code as in a cluster, durable in one folder,
 * with one HTTP port.
 * Started and used by one thread; {@link #close()} may be called by another, once or more often, and returns when all is closed.
 */
public final class DevServer implements AutoCloseable {
    private static final String CLUSTER = "dev";
    private static final String COORDINATOR = "coordinator-1";

    private static final Duration START_PATIENCE = Duration.ofSeconds(60);

    private final Cleanup parts;
    private final Path folder;
    private final String address;
    private final String httpAddress;
    private volatile boolean closed;

    private DevServer(Cleanup parts, Path folder, String address, String httpAddress) {
        this.parts = parts;
        this.folder = folder;
        this.address = address;
        this.httpAddress = httpAddress;
    }

    /**
     * Starts everything; it takes requests when this returns.
     *
     * @param quiet whether warnings go to the log file only, not to standard error
     * @throws CliException a sentence that says what stands in the way
     */
    public static DevServer start(DevConfig config, boolean quiet) {
        Cleanup parts = new Cleanup();
        try {
            return start(config, quiet, parts);
        } catch (RuntimeException e) {
            try {
                parts.closeAll();
            } catch (Exception suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private static DevServer start(DevConfig config, boolean quiet, Cleanup parts) {
        Path path = config.data() != null ? config.data() : temporaryFolder(parts);
        DataFolder folder = parts.add(DataFolder.open(path.toAbsolutePath().normalize()));
        int nodes = nodes(config, folder);
        Ports.requireFree(config.bind(), config.port(), "choose another with --port");
        Ports.requireFree(config.bind(), config.httpPort(), "choose another with --http-port");
        List<Integer> raftPorts =
                IntStream.rangeClosed(1, nodes).mapToObj(folder::raftPort).toList();
        for (int raftPort : raftPorts) {
            Ports.requireFree(DevConfig.LOOPBACK, raftPort, "it is kept for the data in " + folder.path());
        }
        ServerLog.toFile(folder.resolve("logs").resolve("voronode.log"), !quiet);
        Logger log = LoggerFactory.getLogger(DevServer.class);
        HttpEndpoint http = parts.add(HttpEndpoint.start(config.bind(), config.httpPort(), "dev", CLUSTER));
        log.info(
                "starting in {}: API {}:{}, HTTP {}, Raft {}",
                folder.path(),
                config.bind(),
                config.port(),
                http.port(),
                raftPorts);

        EmbeddedZooKeeper zookeeper = parts.add(EmbeddedZooKeeper.start(folder.resolve("zookeeper")));
        List<ShardNode> started = new ArrayList<>();
        for (int number = 1; number <= nodes; number++) {
            ShardNodeConfig node = node("node-" + number, folder, zookeeper, raftPorts.get(number - 1));
            started.add(parts.add(ShardNode.start(node, http.meters("shard-node", node.node()))));
        }
        Coordinator coordinator = parts.add(Coordinator.start(
                coordinator(config, nodes, folder, zookeeper), http.meters("coordinator", COORDINATOR)));
        http.readyWhen(() -> started.stream().allMatch(ShardNode::serves) && coordinator.ready());
        String address = config.bind() + ":" + coordinator.port();
        awaitRequests(address);
        log.info("serving at {}", address);
        return new DevServer(parts, folder.path(), address, config.bind() + ":" + http.port());
    }

    /** Nodes that hold records of this folder cannot be left out: too few of a partition's replicas elect no leader. */
    private static int nodes(DevConfig config, DataFolder folder) {
        int known = folder.nodes();
        if (config.nodes() == 0) {
            return Math.max(1, known);
        }
        if (config.nodes() < known) {
            throw new CliException("folder " + folder.path() + " holds the data of " + known
                    + " nodes: start it with --nodes " + known + " or more");
        }
        return config.nodes();
    }

    private static ShardNodeConfig node(String name, DataFolder folder, EmbeddedZooKeeper zookeeper, int raftPort) {
        return new ShardNodeConfig(
                name,
                CLUSTER,
                "",
                folder.resolve(name),
                zookeeper.connectString(),
                ShardNodeConfig.DEFAULT_SESSION_TIMEOUT,
                Channels.IN_PROCESS + name,
                DevConfig.LOOPBACK,
                raftPort,
                DevConfig.LOOPBACK,
                PartitionLimits.DEFAULTS);
    }

    /** One log is the fastest on one disk; several nodes get one each to lead. */
    private static CoordinatorConfig coordinator(
            DevConfig config, int nodes, DataFolder folder, EmbeddedZooKeeper zookeeper) {
        return new CoordinatorConfig(
                COORDINATOR,
                CLUSTER,
                zookeeper.connectString(),
                CoordinatorConfig.DEFAULT_SESSION_TIMEOUT,
                config.bind(),
                config.bind(),
                config.port(),
                folder.resolve("coordinator"),
                config.snapshots() == null ? folder.resolve("snapshots") : config.snapshots(),
                models(config.models()),
                ClusterPolicy.DEFAULT.forBirth(nodes, nodes),
                RecallCanary.DEFAULT_SHARE,
                CoordinatorConfig.DEFAULT_SLOW_SEARCH);
    }

    /** A new cluster makes its partition after the coordinator listens. */
    private static void awaitRequests(String address) {
        try (VoronodeClient client = VoronodeClient.builder()
                .address(address)
                .deadline(START_PATIENCE)
                .retryFor(START_PATIENCE)
                .build()) {
            client.listCollections();
        }
    }

    private static @Nullable Path models(@Nullable Path folder) {
        if (folder != null && !Files.isDirectory(folder)) {
            throw new CliException("the models folder " + folder + " is not a folder");
        }
        return folder;
    }

    private static Path temporaryFolder(Cleanup parts) {
        try {
            Path folder = Files.createTempDirectory("voronode-dev-");
            parts.add(() -> Cleanup.remove(folder));
            return folder;
        } catch (IOException e) {
            throw new CliException("cannot make a temporary folder: " + e.getMessage(), e);
        }
    }

    /** Where clients reach it. */
    public String address() {
        return address;
    }

    /** Where it answers {@code /metrics} and {@code /health}. */
    public String httpAddress() {
        return httpAddress;
    }

    /** Where its data lies. */
    public Path folder() {
        return folder;
    }

    /** Whether it was told to close; requests may fail for that reason alone. */
    public boolean closed() {
        return closed;
    }

    /** Lets requests on their way finish, then closes coordinator, nodes and ZooKeeper, and frees the folder. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            parts.closeAll();
        } catch (Exception e) {
            throw new CliException("the server did not close cleanly: " + e.getMessage(), e);
        }
    }
}
