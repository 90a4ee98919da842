package io.voronode.cli.dev;

import io.voronode.cli.CliException;
import io.voronode.cli.logging.ServerLog;
import io.voronode.cli.server.HttpEndpoint;
import io.voronode.client.VoronodeClient;
import io.voronode.coordinator.Coordinator;
import io.voronode.coordinator.CoordinatorConfig;
import io.voronode.coordinator.zookeeper.EmbeddedZooKeeper;
import io.voronode.shardnode.ShardNode;
import io.voronode.shardnode.ShardNodeConfig;
import io.voronode.shardnode.partition.PartitionLimits;
import io.voronode.wire.Channels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Voronode in this process: ZooKeeper, one shard node and one coordinator, the same code as in a cluster, durable in one folder,
 * with one HTTP port.
 * Started and used by one thread; {@link #close()} may be called by another, once or more often, and returns when all is closed.
 */
public final class DevServer implements AutoCloseable {
    private static final String CLUSTER = "dev";
    private static final String NODE = "node-1";
    private static final String COORDINATOR = "coordinator-1";
    /** One log is the fastest on one disk. */
    private static final int PARTITIONS = 1;

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
        int raftPort = folder.raftPort();
        Ports.requireFree(config.bind(), config.port(), "choose another with --port");
        Ports.requireFree(config.bind(), config.httpPort(), "choose another with --http-port");
        Ports.requireFree(DevConfig.LOOPBACK, raftPort, "it is kept for the data in " + folder.path());
        ServerLog.toFile(folder.resolve("logs").resolve("voronode.log"), !quiet);
        Logger log = LoggerFactory.getLogger(DevServer.class);
        HttpEndpoint http = parts.add(HttpEndpoint.start(config.bind(), config.httpPort(), "dev", CLUSTER));
        log.info(
                "starting in {}: API {}:{}, HTTP {}, Raft {}",
                folder.path(),
                config.bind(),
                config.port(),
                http.port(),
                raftPort);

        EmbeddedZooKeeper zookeeper = parts.add(EmbeddedZooKeeper.start(folder.resolve("zookeeper")));
        ShardNode node = parts.add(ShardNode.start(
                new ShardNodeConfig(
                        NODE,
                        CLUSTER,
                        "",
                        folder.resolve(NODE),
                        zookeeper.connectString(),
                        Channels.IN_PROCESS + NODE,
                        DevConfig.LOOPBACK,
                        raftPort,
                        PartitionLimits.DEFAULTS),
                http.meters("shard-node", NODE)));
        Coordinator coordinator = parts.add(
                Coordinator.start(coordinator(config, folder, zookeeper), http.meters("coordinator", COORDINATOR)));
        http.readyWhen(() -> node.serves() && coordinator.ready());
        String address = config.bind() + ":" + coordinator.port();
        awaitRequests(address);
        log.info("serving at {}", address);
        return new DevServer(parts, folder.path(), address, config.bind() + ":" + http.port());
    }

    private static CoordinatorConfig coordinator(DevConfig config, DataFolder folder, EmbeddedZooKeeper zookeeper) {
        return CoordinatorConfig.of(COORDINATOR, CLUSTER, zookeeper.connectString(), folder.resolve("coordinator"))
                .listeningOn(config.bind(), config.port())
                .withModels(models(config.models()))
                .forBirth(PARTITIONS, 1);
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

    /** Lets requests on their way finish, then closes coordinator, node and ZooKeeper, and frees the folder. */
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
