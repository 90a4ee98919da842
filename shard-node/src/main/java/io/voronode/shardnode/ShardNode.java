package io.voronode.shardnode;

import io.grpc.BindableService;
import io.micrometer.core.instrument.MeterRegistry;
import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.Endpoints;
import io.voronode.proto.internal.v1.NodeAdminState;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.RebuildShardRequest;
import io.voronode.proto.internal.v1.RecallClusterResponse;
import io.voronode.shardnode.cells.CellMaps;
import io.voronode.shardnode.membership.AssignedDirectory;
import io.voronode.shardnode.membership.AssignmentWorker;
import io.voronode.shardnode.membership.Assignments;
import io.voronode.shardnode.membership.DataFolder;
import io.voronode.shardnode.membership.NodeMembership;
import io.voronode.shardnode.metrics.NodeMeters;
import io.voronode.shardnode.metrics.ScanMeters;
import io.voronode.shardnode.metrics.WriteMeters;
import io.voronode.shardnode.partition.PartitionHost;
import io.voronode.shardnode.partition.PartitionHostConfig;
import io.voronode.shardnode.rpc.FeedClient;
import io.voronode.shardnode.rpc.NodeRpc;
import io.voronode.shardnode.rpc.RpcServer;
import io.voronode.shardnode.rpc.ShardRpc;
import io.voronode.shardnode.shard.IndexBudget;
import io.voronode.shardnode.shard.ShardContext;
import io.voronode.shardnode.shard.ShardId;
import io.voronode.shardnode.shard.ShardReplica;
import io.voronode.shardnode.shard.ShardReplicas;
import io.voronode.shardnode.shard.SpaceAwareFeed;
import io.voronode.wire.Channels;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.metrics.CallTimers;
import io.voronode.wire.metrics.TrafficMeters;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running shard node: takes its data folder, serves the partitions and shards that lie in it, and works towards what the
 * controller assigns. Any thread may use it; {@link #close} drains, commits and gives the folder back.
 */
public final class ShardNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardNode.class);
    private static final Duration HAND_OVER = Duration.ofSeconds(3);
    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final long MIN_INDEX_RAM = 16L << 20;
    private static final long MAX_INDEX_RAM = 256L << 20;

    private final ShardNodeConfig config;
    private final int cores = Runtime.getRuntime().availableProcessors();
    /** Closed in the opposite order. */
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private final Assignments assignments;
    private final PartitionHost partitions;
    private final ShardReplicas replicas;
    private final NodeMeters meters;
    private volatile String rpcAddress;
    private volatile boolean serving;

    /**
     * Starts a node and returns when it serves; it registers with ZooKeeper behind that.
     *
     * @param registry where it keeps its meters while it runs; stays the caller's
     * @throws VoronodeException naming in one sentence why it cannot start: folder in use, not writable, of a newer format, address in use
     */
    public static ShardNode start(ShardNodeConfig config, MeterRegistry registry) {
        return new ShardNode(config, registry);
    }

    @SuppressWarnings({"this-escape", "ThisEscapedInObjectConstruction"
    }) // a final class whose last step opens the doors
    private ShardNode(ShardNodeConfig config, MeterRegistry registry) {
        this.config = config;
        this.rpcAddress = config.rpcAddress();
        try {
            opened.push(DataFolder.open(config.dataFolder()));
            Channels channels = opened(new Channels(new TrafficMeters(registry)));
            assignments = new Assignments(config.node(), config.dataFolder());
            AssignedDirectory directory = new AssignedDirectory(config.node(), this::rpcAddress, assignments::current);
            CellMaps cellMaps = new CellMaps(config.dataFolder().resolve("cells"), directory, channels);
            partitions = opened(
                    PartitionHost.start(partitionConfig(), directory, cellMaps, channels, new WriteMeters(registry)));
            FeedClient feeds = opened(new FeedClient(config.node(), directory, channels));
            replicas = opened(new ShardReplicas(new ShardContext(
                    config.dataFolder(),
                    new SpaceAwareFeed(feeds, partitions.freeSpace()::shortage),
                    shard -> cellMaps.map(shard.getCollection(), shard.getCellMapDigest(), shard.getCellMapPartition()),
                    indexBudget())));
            meters = opened(new NodeMeters(registry, partitions, replicas));
            openDoors(registry);
            serving = true;
        } catch (RuntimeException e) {
            closeAll(e);
            throw e;
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    private PartitionHostConfig partitionConfig() {
        return new PartitionHostConfig(
                config.node(), config.dataFolder(), config.raftHost(), config.raftPort(), config.limits());
    }

    private IndexBudget indexBudget() {
        long ram = Math.clamp(Runtime.getRuntime().maxMemory() / 8, MIN_INDEX_RAM, MAX_INDEX_RAM);
        return new IndexBudget(ram, Math.max(1, cores / 2));
    }

    private void openDoors(MeterRegistry registry) {
        AssignmentWorker worker = opened(new AssignmentWorker(assignments, this::workTowards));
        ShardRpc shardRpc = opened(new ShardRpc(replicas, cores, new ScanMeters(registry)));
        List<BindableService> services = new ArrayList<>(partitions.services());
        services.add(shardRpc);
        services.add(new NodeRpc(
                request -> {
                    assignments.take(request);
                    worker.wake();
                },
                this::describe,
                this::recall,
                this::rebuild));
        RpcServer server = RpcServer.start(config.rpcAddress(), services, new CallTimers(registry));
        rpcAddress = advertised(server.address());
        opened.push(() -> server.drain(DRAIN));
        worker.wake();
        opened.push(NodeMembership.start(
                config.zookeeper(),
                config.sessionTimeout(),
                new ClusterTree(config.cluster()),
                registration(),
                liveness()));
        LOG.info("node {} serves {} from {}", config.node(), rpcAddress, config.dataFolder());
    }

    private CompletableFuture<Void> rebuild(RebuildShardRequest request) {
        ShardId id = new ShardId(request.getCollectionUuid(), request.getGeneration(), request.getShard());
        ShardReplica replica = replicas.find(id);
        if (replica == null) {
            throw new VoronodeException.Conflict(
                    VoronodeException.Reason.NOT_HOSTED, "node " + config.node() + " has no replica of shard " + id);
        }
        return replica.rebuild();
    }

    /** How others say what this node listens at. */
    private String advertised(String address) {
        return address.startsWith(Channels.IN_PROCESS)
                ? address
                : config.advertisedHost() + address.substring(address.lastIndexOf(':'));
    }

    /** One pass over an assignment; everything in it may be repeated. A partition that fails holds up nothing else. */
    private void workTowards(AssignRequest assignment) throws IOException, InterruptedException {
        List<RuntimeException> failures = new ArrayList<>();
        partitions.limitScans(assignment.getScanBytesPerSecond());
        forEach(assignment.getLeftGroupsList(), partitions::leave, failures);
        forEach(assignment.getPartitionsList(), partitions::ensure, failures);
        try {
            assignShards(assignment);
        } finally {
            meters.follow();
        }
        if (!failures.isEmpty()) {
            RuntimeException first = failures.removeFirst();
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }

    private static <T> void forEach(List<T> parts, Consumer<T> work, List<RuntimeException> failures) {
        for (T part : parts) {
            try {
                work.accept(part);
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
    }

    private void assignShards(AssignRequest assignment) throws IOException, InterruptedException {
        List<Integer> all = assignment.getAllPartitionsList().stream()
                .map(PartitionTarget::getPartition)
                .toList();
        if (!all.isEmpty()) {
            replicas.assign(assignment.getShardsList(), all);
        }
    }

    // ---- what the node says of itself

    /** Where it is reached, with the real port. */
    public String rpcAddress() {
        return rpcAddress;
    }

    /** Whether it answers: from its start to its close. */
    public boolean serves() {
        return serving;
    }

    private NodeRegistration registration() {
        return NodeRegistration.newBuilder()
                .setNode(config.node())
                .setZone(config.zone())
                .setState(NodeAdminState.NODE_ADMIN_STATE_ACTIVE)
                .setCapacityBytes(diskBytes())
                .build();
    }

    private NodeLiveness liveness() {
        return NodeLiveness.newBuilder()
                .setNode(config.node())
                .setIncarnation(UUID.randomUUID().toString())
                .setEndpoints(Endpoints.newBuilder()
                        .setRpc(rpcAddress)
                        .setRaft(config.advertisedHost() + ":" + config.raftPort()))
                .setVersion(version())
                .setPeerId(partitions.peerId())
                .build();
    }

    private RecallClusterResponse recall() {
        RecallClusterResponse.Builder memory = RecallClusterResponse.newBuilder()
                .setNode(config.node())
                .setPeerId(partitions.peerId())
                .setRegistration(registration())
                .addAllPartitions(partitions.recall());
        AssignRequest assignment = assignments.current();
        if (assignment.getEpoch() > 0) {
            memory.setAssignment(assignment);
        }
        return memory.build();
    }

    private DescribeNodeResponse describe() {
        AssignRequest assignment = assignments.current();
        return DescribeNodeResponse.newBuilder()
                .setNode(config.node())
                .setPeerId(partitions.peerId())
                .setVersion(version())
                .addAllPartitions(partitions.describe())
                .addAllShards(replicas.describe())
                .setDiskFreeBytes(partitions.freeSpace().freeBytes())
                .setNotice(partitions.freeSpace().shortage())
                .setClusterUuid(assignment.getFormat().getClusterUuid())
                .setAssignmentEpoch(assignment.getEpoch())
                .build();
    }

    private static String version() {
        return Objects.requireNonNullElse(ShardNode.class.getPackage().getImplementationVersion(), "development");
    }

    private long diskBytes() {
        try {
            return Files.getFileStore(config.dataFolder()).getTotalSpace();
        } catch (IOException e) {
            LOG.warn("cannot read the size of the disk of {}", config.dataFolder(), e);
            return 0;
        }
    }

    // ---- closing

    /** Hands its partitions over to other leaders, leaves the cluster, lets running calls end, commits the indexes, closes the partitions. */
    @Override
    public void close() {
        serving = false;
        partitions.handOver(HAND_OVER);
        closeAll(null);
        LOG.info("node {} is closed", config.node());
    }

    private void closeAll(@Nullable Exception cause) {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                if (cause != null) {
                    cause.addSuppressed(e);
                } else {
                    LOG.warn("closing node {} failed in part", config.node(), e);
                }
            }
        }
    }
}
