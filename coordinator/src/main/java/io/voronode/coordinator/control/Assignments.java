package io.voronode.coordinator.control;

import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.Versioned;
import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.LeftGroup;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.NodeServiceGrpc;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.ShardAssignment;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Reason;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells every live node what it should hold: when that has changed, when the node is another incarnation, and again from time to
 * time while the node reports something else. Remembers what this controller has sent; a new one sends everything once.
 */
final class Assignments implements ClusterStep {
    private static final Logger LOG = LoggerFactory.getLogger(Assignments.class);
    private static final long TIMEOUT_SECONDS = 5;
    private static final long REPEAT_MS = 1_000;

    private final Channels channels;
    private final Map<String, Sent> sent = new ConcurrentHashMap<>();

    /** When a node last failed to take its assignment. */
    private final Map<String, Long> failedAtMs = new ConcurrentHashMap<>();

    /** What a node was told last. */
    private record Sent(String incarnation, AssignRequest request, long atMs) {}

    Assignments(Channels channels) {
        this.channels = channels;
    }

    @Override
    public void run(Pass pass) {
        sent.keySet().retainAll(pass.tree().live().keySet());
        failedAtMs.keySet().retainAll(pass.tree().live().keySet());
        if (!pass.tree().formed()) {
            return;
        }
        Map<String, List<ShardAssignment>> shards = shardsByNode(pass);
        List<Runnable> calls = new ArrayList<>();
        for (NodeLiveness node : pass.liveNodes()) {
            AssignRequest request = request(pass, node.getNode(), shards.getOrDefault(node.getNode(), List.of()));
            if (!failedLately(pass, node) && isNeeded(pass, node, request)) {
                calls.add(() -> send(pass, node, request));
            }
        }
        if (!calls.isEmpty()) {
            pass.fence().requireLeading();
            List<RuntimeException> failures = Parallel.run(calls);
            failures.forEach(Assignments::report);
        }
    }

    /** Another reign: everything is sent again. */
    @Override
    public void forget() {
        sent.clear();
        failedAtMs.clear();
    }

    /** A node that died is named live until its session ends. */
    private boolean failedLately(Pass pass, NodeLiveness node) {
        Long failed = failedAtMs.get(node.getNode());
        return failed != null && pass.tickMs() - failed < REPEAT_MS;
    }

    private static void report(RuntimeException failure) {
        if (failure instanceof Deposed deposed) {
            throw deposed;
        }
        LOG.info("an assignment was not taken: {}", failure.getMessage());
    }

    private static AssignRequest request(Pass pass, String node, List<ShardAssignment> shards) {
        List<PartitionTarget> all =
                pass.tree().partitions().values().stream().map(Versioned::value).toList();
        List<PartitionTarget> own = all.stream()
                .filter(target -> Peers.nodes(target).contains(node))
                .toList();
        AssignRequest.Builder request = AssignRequest.newBuilder();
        if (pass.tree().format() != null) {
            request.setFormat(pass.tree().format());
        }
        return request.setEpoch(pass.fence().epoch())
                .setNode(node)
                .addAllPartitions(own)
                .addAllShards(shards)
                .addAllNodes(pass.liveNodes())
                .addAllAllPartitions(all)
                .addAllLeftGroups(leftGroups(pass, node))
                .setScanBytesPerSecond(pass.tree().movement().getScanBytesPerSecond())
                .build();
    }

    /**
     * The groups that go on without a replica which the node still has. That a target does not name it is not enough, for the tree may be an
     * old one: the leader has to say who votes, and both must agree.
     */
    private static List<LeftGroup> leftGroups(Pass pass, String node) {
        DescribeNodeResponse report = pass.reports().byNode().get(node);
        return report == null
                ? List.of()
                : pass.tree().partitions().values().stream()
                        .map(Versioned::value)
                        .filter(target -> pass.reports()
                                .replica(node, target.getPartition())
                                .isPresent())
                        .filter(target -> !Peers.nodes(target).contains(node))
                        .filter(target -> Peers.votersAreAsTarget(pass.reports(), target)
                                && !Peers.voterIds(target).contains(report.getPeerId()))
                        .map(target -> LeftGroup.newBuilder()
                                .setPartition(target.getPartition())
                                .setGroupUuid(target.getGroupUuid())
                                .setPeerId(report.getPeerId())
                                .build())
                        .toList();
    }

    private static Map<String, List<ShardAssignment>> shardsByNode(Pass pass) {
        Map<String, List<ShardAssignment>> byNode = new HashMap<>();
        for (CollectionTree collection : pass.tree().collections().values()) {
            if (!collection.dropping()) {
                collection.generations().values().forEach(generation -> add(collection, generation, byNode));
            }
        }
        return byNode;
    }

    private static void add(
            CollectionTree collection, GenerationTree generation, Map<String, List<ShardAssignment>> byNode) {
        for (Versioned<ShardTarget> shard : generation.shards().values()) {
            ShardAssignment assignment =
                    assignment(collection, generation.value(), shard.value().getShard());
            Set<String> nodes = new HashSet<>(shard.value().getReplicasList());
            nodes.addAll(shard.value().getBuildingList());
            for (String node : nodes) {
                byNode.computeIfAbsent(node, ignored -> new ArrayList<>()).add(assignment);
            }
        }
    }

    private static ShardAssignment assignment(CollectionTree collection, GenerationNode generation, int shard) {
        return ShardAssignment.newBuilder()
                .setCollection(collection.spec())
                .setGeneration(generation.getGeneration())
                .setShard(shard)
                .setCellMapDigest(generation.getCellMapDigest())
                .setCellMapPartition(generation.getCellMapPartition())
                .setIndexKind(generation.getIndexKind())
                .build();
    }

    private boolean isNeeded(Pass pass, NodeLiveness node, AssignRequest request) {
        Sent last = sent.get(node.getNode());
        if (last == null
                || !last.incarnation().equals(node.getIncarnation())
                || !last.request().equals(request)) {
            return true;
        }
        if (holds(pass.reports().byNode().get(node.getNode()), request)) {
            return false;
        }
        pass.lookAgainSoon();
        return pass.tickMs() - last.atMs() >= REPEAT_MS;
    }

    private static boolean holds(@Nullable DescribeNodeResponse report, AssignRequest request) {
        if (report == null) {
            return false;
        }
        Set<Integer> partitions = report.getPartitionsList().stream()
                .filter(status -> !isStillDamaged(status, request, report.getPeerId()))
                .map(PartitionStatus::getPartition)
                .collect(Collectors.toSet());
        Set<String> shards = report.getShardsList().stream()
                .map(shard ->
                        Uuids.hex(shard.getCollectionUuid()) + "/" + shard.getGeneration() + "/" + shard.getShard())
                .collect(Collectors.toSet());
        Set<String> wanted = request.getShardsList().stream()
                .map(shard -> Uuids.hex(shard.getCollection().getUuid()) + "/" + shard.getGeneration() + "/"
                        + shard.getShard())
                .collect(Collectors.toSet());
        return shards.equals(wanted)
                && request.getLeftGroupsList().stream().noneMatch(left -> partitions.contains(left.getPartition()))
                && request.getPartitionsList().stream()
                        .allMatch(target ->
                                partitions.contains(target.getPartition()) || isOfAnotherDisk(target, report));
    }

    /** A replica that was told to join again, and has not given up its damaged files yet. */
    private static boolean isStillDamaged(PartitionStatus status, AssignRequest request, String peerId) {
        return !status.getRejoin().isEmpty()
                && request.getPartitionsList().stream()
                        .filter(target -> target.getPartition() == status.getPartition())
                        .flatMap(target -> target.getPeersList().stream())
                        .anyMatch(peer -> peer.getPeerId().equals(peerId)
                                && peer.getRejoin().equals(status.getRejoin()));
    }

    /** A node whose disk was replaced is not the peer that the target names, and will not take its place under another peer's id. */
    private static boolean isOfAnotherDisk(PartitionTarget target, DescribeNodeResponse report) {
        return target.getPeersList().stream()
                .noneMatch(peer -> peer.getNode().equals(report.getNode())
                        && peer.getPeerId().equals(report.getPeerId()));
    }

    private void send(Pass pass, NodeLiveness node, AssignRequest request) {
        try {
            NodeServiceGrpc.newBlockingStub(channels.to(node.getEndpoints().getRpc()))
                    .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .assign(request);
        } catch (RuntimeException e) {
            failedAtMs.put(node.getNode(), pass.tickMs());
            throw known(node.getNode(), Statuses.fromGrpc(e));
        }
        failedAtMs.remove(node.getNode());
        sent.put(node.getNode(), new Sent(node.getIncarnation(), request, pass.tickMs()));
    }

    private static RuntimeException known(String node, VoronodeException error) {
        return error instanceof Conflict conflict && conflict.reason() == Reason.STALE_EPOCH
                ? new Deposed(conflict.toString())
                : new Unavailable("node \"" + node + "\": " + error.getMessage(), error);
    }
}
