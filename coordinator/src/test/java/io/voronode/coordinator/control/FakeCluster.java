package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.ChangePeersRequest;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.ControlCommand.OrderCase;
import io.voronode.proto.internal.v1.PartitionGenerationStatus;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.curator.framework.CuratorFramework;
import org.jspecify.annotations.Nullable;

/** The nodes' side of a cluster, over a small model in memory: what they hold and answer. One lock guards it all. */
final class FakeCluster implements AutoCloseable {
    private final Map<Integer, FakePartition> partitions = new TreeMap<>();
    private final List<FakeNode> nodes = new ArrayList<>();
    private final ClusterTree paths;
    private final CuratorFramework client;
    /** While set, rows get no stamps. */
    boolean holdStamping;
    /** While set, shard replicas of generations above 0 do not get ready. */
    boolean holdShards;
    /** While set, shard replicas of generation 0 do not get ready. */
    boolean holdFirstShards;
    /** Why shard replicas of generations above 0 fail; empty: they do not. */
    String shardFailure = "";

    /** Records in the cells of each shard. */
    int cellVectors = 10_000;

    /** Σnᵢ² over these cells, by as many records. */
    int cellSquares = 500;

    /** While set, no leader changes its voters. */
    boolean refuseVoters;
    /** The most partitions that were seen to get a new voter at the same time. */
    int mostGrowing;
    /** While set, samples are refused. */
    boolean refuseSamples;
    /** While set, samples are not answered. */
    volatile boolean holdSamples;
    /** Calls for a sample that ended before they were answered. */
    final AtomicInteger samplesCancelled = new AtomicInteger();

    boolean refuseSearches;
    /** What scans of each shard take of the processors of its node, in generations above 0; nothing where none is told. */
    final Map<Integer, Float> searchLoads = new ConcurrentHashMap<>();

    private @Nullable Predicate<String> trap;
    private boolean trapAfter;
    private boolean cut;
    private int describes;
    private CountDownLatch trapped = new CountDownLatch(1);

    FakeCluster(CuratorFramework client, ClusterTree paths) {
        this.client = client;
        this.paths = paths;
    }

    synchronized FakeNode addNode(String name, String zone) {
        FakeNode node = new FakeNode(this, name, zone);
        nodes.add(node);
        node.register(client, paths);
        return node;
    }

    synchronized FakePartition partition(int number) {
        return partitions.computeIfAbsent(number, FakePartition::new);
    }

    synchronized List<FakePartition> partitions() {
        return List.copyOf(partitions.values());
    }

    /** From the next event of this name on (an order, SAMPLE, SEARCH or DESCRIBE), no controller gets an answer: as if it had died there. */
    synchronized CountDownLatch trap(String event, boolean afterApplying) {
        trap = event::equals;
        trapAfter = afterApplying;
        trapped = new CountDownLatch(1);
        return trapped;
    }

    /** Nodes answer again. */
    synchronized void heal() {
        cut = false;
        trap = null;
    }

    synchronized void control(int partition, ControlCommand command) {
        OrderCase order = command.getOrderCase();
        meet(order.name(), true);
        partition(partition).apply(command);
        meet(order.name(), false);
    }

    synchronized void changePeers(ChangePeersRequest request) {
        meet("CHANGE_PEERS", true);
        if (refuseVoters) {
            throw new Unavailable("no voters today");
        }
        partition(request.getPartition()).changePeers(request);
        meet("CHANGE_PEERS", false);
    }

    synchronized void assigned(AssignRequest request) {
        request.getPartitionsList()
                .forEach(target -> partition(target.getPartition()).form(target));
        long growing = request.getAllPartitionsList().stream()
                .filter(target -> target.getPeersList().stream().anyMatch(PartitionPeer::getJoining))
                .count();
        mostGrowing = Math.max(mostGrowing, (int) growing);
    }

    /** Something that a controller asks for happens. */
    synchronized void meet(String event, boolean before) {
        if (trap != null && trap.test(event) && before != trapAfter) {
            cut = true;
            trapped.countDown();
        }
        if (cut) {
            throw new Unavailable("cut off");
        }
    }

    synchronized void addRows(ByteString uuid, long rows) {
        int count = partitions.size();
        for (FakePartition partition : partitions.values()) {
            partition.collection(uuid).rows += rows / count;
            partition.index++;
        }
    }

    /** Whether all partitions have begun it, and stamped all rows for it. */
    synchronized boolean isStamped(ByteString uuid, int generation) {
        return partitions.values().stream().allMatch(partition -> {
            FakePartition.FakeCollection collection = partition.collections.get(uuid);
            PartitionGenerationStatus status = collection == null ? null : collection.generations.get(generation);
            return status != null && status.getUnstamped() == 0;
        });
    }

    synchronized FakeNode node(String name) {
        return nodes.stream().filter(node -> node.name.equals(name)).findFirst().orElseThrow();
    }

    synchronized FakeNode addedNode() {
        return nodes.getFirst();
    }

    /** Waits until nodes have described themselves so many times more. */
    void awaitDescribes(int count) {
        int target;
        synchronized (this) {
            target = describes + count;
        }
        while (true) {
            synchronized (this) {
                if (describes >= target) {
                    return;
                }
            }
            ControlBed.pause();
        }
    }

    synchronized void tick() {
        describes++;
        if (!holdStamping) {
            partitions.values().forEach(FakePartition::stampAll);
        }
    }

    @Override
    public void close() {
        nodes.forEach(FakeNode::close);
    }
}
