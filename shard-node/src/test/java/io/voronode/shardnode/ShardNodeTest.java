package io.voronode.shardnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.BeginGenerationOrder;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.EndGenerationOrder;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.ProbeResult;
import io.voronode.proto.internal.v1.PutBlobOrder;
import io.voronode.proto.internal.v1.RecallClusterResponse;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.internal.v1.ShardHit;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.shardnode.membership.TestZooKeeper;
import io.voronode.shardnode.partition.PartitionLimits;
import io.voronode.wire.Channels;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One whole node: ZooKeeper, Raft, rows, feeds, index and gRPC, driven as a controller and a coordinator do. */
@Tag("slow")
final class ShardNodeTest {
    private static final List<String> COUNTED = List.of("voronode.rpc.", "voronode.scan", "voronode.write.");
    private static final int DIMENSION = 16;
    private static final int BATCH = 50;

    @TempDir
    private Path folder;

    private final Random random = new Random(11);
    private final CellMap single = CellMap.single(Metric.EUCLIDEAN, DIMENSION);
    private final CellMap trained = trained();
    private final Set<String> live = new HashSet<>();

    private CellMap trained() {
        float[][] sample = new float[200][];
        Arrays.setAll(sample, i -> vector());
        return CellTrainer.train(sample, new CellTraining(Metric.EUCLIDEAN, DIMENSION, 8, 2, 3, 1), () -> false);
    }

    private float[] vector() {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = random.nextFloat();
        }
        return vector;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private ShardNodeConfig config(TestZooKeeper zookeeper, String rpcAddress) throws Exception {
        return new ShardNodeConfig(
                "n1",
                "test",
                "",
                folder.resolve("node"),
                zookeeper.connectString(),
                ShardNodeConfig.DEFAULT_SESSION_TIMEOUT,
                rpcAddress,
                "127.0.0.1",
                freePort(),
                "127.0.0.1",
                PartitionLimits.DEFAULTS);
    }

    @Test
    void aCollectionLivesThroughAGenerationSwitchAndARestart() throws Exception {
        try (TestZooKeeper zookeeper = new TestZooKeeper(folder)) {
            ShardNodeConfig config = config(zookeeper, Channels.IN_PROCESS + "whole-node");
            MeterRegistry meters = new SimpleMeterRegistry();
            try (ShardNode node = ShardNode.start(config, meters);
                    NodeDriver driver = new NodeDriver(config, single, random, 1)) {
                assertThat(node.rpcAddress()).isEqualTo(config.rpcAddress());
                awaitLive(zookeeper);
                makeCollection(driver);
                switchGeneration(driver);
                assertThat(generationsMeasured(meters)).containsExactlyInAnyOrder("0", "1", "1");
                assertThat(scansOfShards(meters)).isEqualTo(3.0 * NodeDriver.PARTITIONS);
                assertThat(meters.find("voronode.partition.open").gauges()).hasSize(NodeDriver.PARTITIONS);
            }
            assertThat(meters.getMeters())
                    .extracting(meter -> meter.getId().getName())
                    .as("what is left once the node is closed: what was counted, nothing that asks the node")
                    .allMatch(name -> COUNTED.stream().anyMatch(name::startsWith));
            try (ShardNode restarted = ShardNode.start(config, meters);
                    NodeDriver driver = new NodeDriver(config, single, random, 100)) {
                assertThat(restarted.rpcAddress()).isEqualTo(config.rpcAddress());
                await("ready after a restart", () -> ready(driver, 3));
                assertThat(keys(driver.search(1, trained, 10_000))).isEqualTo(live);
                await("leaders after a restart", () -> leaders(driver) == NodeDriver.PARTITIONS);
                assertThat(scansOfShards(meters)).as("after a restart").isZero();
                endFirstGeneration(driver);
                await("the end of its meters", () -> generationsMeasured(meters).equals(List.of("1", "1")));
                driver.dropCollection();
                remembersTheCluster(driver);
            }
        }
    }

    /** From this a lost tree is made anew. */
    private static void remembersTheCluster(NodeDriver driver) {
        RecallClusterResponse memory = driver.recall();
        assertThat(memory.getRegistration().getNode()).isEqualTo("n1");
        assertThat(memory.getAssignment().getEpoch())
                .isEqualTo(driver.describe().getAssignmentEpoch());
        assertThat(memory.getAssignment().getAllPartitionsCount()).isEqualTo(NodeDriver.PARTITIONS);
        assertThat(memory.getPartitionsList()).hasSize(NodeDriver.PARTITIONS).allSatisfy(partition -> {
            assertThat(partition.getTarget().getPeers(0).getPeerId()).isEqualTo(memory.getPeerId());
            assertThat(partition.getDroppedCollectionsList()).containsExactly(NodeDriver.collection());
        });
        assertThat(driver.describe().getPartitionsList()).allSatisfy(status -> {
            assertThat(status.getGroupUuid())
                    .isEqualTo(memory.getPartitions(status.getPartition())
                            .getTarget()
                            .getGroupUuid());
            assertThat(status.getHighestEpoch()).isEqualTo(1);
        });
    }

    private static List<String> generationsMeasured(MeterRegistry meters) {
        return meters.find("voronode.shard.ready").gauges().stream()
                .map(gauge -> String.valueOf(gauge.getId().getTag("generation")))
                .toList();
    }

    private static double scansOfShards(MeterRegistry meters) {
        return meters.find("voronode.shard.scans").functionCounters().stream()
                .mapToDouble(FunctionCounter::count)
                .sum();
    }

    private static void awaitLive(TestZooKeeper zookeeper) throws Exception {
        try (CuratorFramework client =
                CuratorFrameworkFactory.newClient(zookeeper.connectString(), new RetryOneTime(100))) {
            client.start();
            String path = new ClusterTree("test").liveNodes();
            await("registered", () -> exists(client, path));
        }
    }

    private static boolean exists(CuratorFramework client, String path) {
        try {
            return client.checkExists().forPath(path) != null
                    && !client.getChildren().forPath(path).isEmpty();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void makeCollection(NodeDriver driver) {
        driver.assign(List.of());
        await("leaders", () -> leaders(driver) == NodeDriver.PARTITIONS);
        driver.createCollection(single);
        driver.assign(Arrays.<@Nullable CellMap>asList(single));
        Collection<Position> written = write(driver, 0, 600, Arrays.asList(single));
        written.add(remove(driver, "key-17"));

        assertThat(driver.awaitVisible(0, single, List.copyOf(written))).containsExactly(0);
        assertThat(keys(driver.search(0, single, 10_000))).isEqualTo(live);
    }

    private static long leaders(NodeDriver driver) {
        return driver.describe().getPartitionsList().stream()
                .filter(PartitionStatus::getLeader)
                .count();
    }

    private static boolean ready(NodeDriver driver, int shards) {
        List<ShardStatus> statuses = driver.describe().getShardsList();
        return statuses.size() == shards && statuses.stream().allMatch(ShardStatus::getReady);
    }

    private void switchGeneration(NodeDriver driver) {
        ByteString digest = NodeDriver.digest(trained);
        driver.order(
                0,
                ControlCommand.newBuilder()
                        .setPutBlob(PutBlobOrder.newBuilder()
                                .setDigest(digest)
                                .setChunkCount(1)
                                .setContent(ByteString.copyFrom(trained.encode()))));
        driver.order(ControlCommand.newBuilder()
                .setBeginGeneration(BeginGenerationOrder.newBuilder()
                        .setCollectionUuid(NodeDriver.collection())
                        .setGeneration(1)
                        .setCellMapDigest(digest)));
        driver.assign(Arrays.<@Nullable CellMap>asList(single, trained));
        List<Position> written = new ArrayList<>(write(driver, 500, 800, Arrays.asList(single, trained)));
        written.add(remove(driver, "key-3"));

        await("the new generation ready", () -> ready(driver, 3));
        assertThat(driver.awaitVisible(1, trained, written)).containsExactly(0, 1);
        assertThat(driver.awaitVisible(0, single, written)).containsExactly(0);
        assertThat(keys(driver.search(1, trained, 10_000))).isEqualTo(live);
        assertThat(keys(driver.search(0, single, 10_000))).isEqualTo(live);
    }

    private void endFirstGeneration(NodeDriver driver) {
        driver.order(ControlCommand.newBuilder()
                .setEndGeneration(EndGenerationOrder.newBuilder()
                        .setCollectionUuid(NodeDriver.collection())
                        .setGeneration(0)));
        await(
                "the end of the first generation",
                () -> codes(driver.search(0, single, 1)).equals(Set.of(ProbeCode.PROBE_CODE_GENERATION_ENDED)));
        driver.assign(Arrays.asList(null, trained));
        await(
                "the end of the first index",
                () -> codes(driver.search(0, single, 1)).equals(Set.of(ProbeCode.PROBE_CODE_NOT_HOSTED)));
        assertThat(keys(driver.search(1, trained, 10_000))).isEqualTo(live);
    }

    /** Upserts keys of a range in batches by partition; returns the last position of each partition. */
    private Collection<Position> write(NodeDriver driver, int from, int to, List<@Nullable CellMap> generations) {
        Map<Integer, List<String>> byPartition = new HashMap<>();
        for (int i = from; i < to; i++) {
            String key = "key-" + i;
            live.add(key);
            byPartition
                    .computeIfAbsent(NodeDriver.partitionOf(key), absent -> new ArrayList<>())
                    .add(key);
        }
        List<Position> last = new ArrayList<>();
        byPartition.values().forEach(keys -> {
            for (int i = 0; i < keys.size(); i += BATCH) {
                List<String> batch = keys.subList(i, Math.min(i + BATCH, keys.size()));
                last.add(
                        driver.upsert(batch, batch.stream().map(key -> vector()).toList(), generations));
            }
        });
        return last;
    }

    private Position remove(NodeDriver driver, String key) {
        live.remove(key);
        return driver.delete(key);
    }

    private static Set<String> keys(SearchResponse response) {
        assertThat(codes(response)).as(response.toString()).containsExactly(ProbeCode.PROBE_CODE_OK);
        List<String> keys = response.getResultsList().stream()
                .flatMap(result -> result.getHitsList().stream())
                .map(ShardHit::getKey)
                .toList();
        assertThat(keys).doesNotHaveDuplicates();
        return Set.copyOf(keys);
    }

    private static Set<ProbeCode> codes(SearchResponse response) {
        return response.getResultsList().stream().map(ProbeResult::getCode).collect(Collectors.toSet());
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what + " in time").isLessThan(deadline);
            try {
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void aNodeOnAPortIsHealthyAndItsFolderAndPortAreItsOwn() throws Exception {
        try (TestZooKeeper zookeeper = new TestZooKeeper(folder);
                Channels channels = new Channels()) {
            ShardNodeConfig config = config(zookeeper, "127.0.0.1:0");
            try (ShardNode node = ShardNode.start(config, new SimpleMeterRegistry())) {
                assertThat(HealthGrpc.newBlockingStub(channels.to(node.rpcAddress()))
                                .withDeadlineAfter(10, TimeUnit.SECONDS)
                                .check(HealthCheckRequest.getDefaultInstance())
                                .getStatus())
                        .isEqualTo(ServingStatus.SERVING);
                assertThatThrownBy(() -> ShardNode.start(config, new SimpleMeterRegistry()))
                        .isInstanceOf(VoronodeException.Unavailable.class)
                        .hasMessage("another Voronode process uses the data folder " + config.dataFolder());
                ShardNodeConfig samePort = new ShardNodeConfig(
                        "n2",
                        "test",
                        "",
                        folder.resolve("other"),
                        config.zookeeper(),
                        ShardNodeConfig.DEFAULT_SESSION_TIMEOUT,
                        node.rpcAddress(),
                        "127.0.0.1",
                        freePort(),
                        "127.0.0.1",
                        PartitionLimits.DEFAULTS);
                assertThatThrownBy(() -> ShardNode.start(samePort, new SimpleMeterRegistry()))
                        .isInstanceOf(VoronodeException.Unavailable.class)
                        .hasMessageStartingWith("cannot listen at " + node.rpcAddress() + ": ");
            }
        }
    }

    @Test
    void anOrderOfAnOldControllerIsRefused() throws Exception {
        try (TestZooKeeper zookeeper = new TestZooKeeper(folder)) {
            ShardNodeConfig config = config(zookeeper, Channels.IN_PROCESS + "fenced-node");
            try (ShardNode node = ShardNode.start(config, new SimpleMeterRegistry());
                    NodeDriver newer = new NodeDriver(config, single, random, 1);
                    NodeDriver older = new NodeDriver(config, single, random, 1)) {
                assertThat(node.rpcAddress()).isNotEmpty();
                newer.assign(List.of());
                newer.assign(List.of());

                assertThatThrownBy(() -> older.assign(List.of()))
                        .isInstanceOfSatisfying(
                                StatusRuntimeException.class,
                                e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION))
                        .hasMessageContaining("epoch 1 < 2");
            }
        }
    }
}
