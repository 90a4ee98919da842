package io.voronode.coordinator.control;

import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.NodeImage;
import io.voronode.coordinator.image.SoftwareVersion;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.image.Versioned;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.NodeAdminState;
import io.voronode.proto.internal.v1.PartitionCollectionStatus;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.proto.v1.CoordinatorInfo;
import io.voronode.proto.v1.DamagedReplica;
import io.voronode.proto.v1.DescribeClusterResponse;
import io.voronode.proto.v1.NodeInfo;
import io.voronode.proto.v1.NodeState;
import io.voronode.proto.v1.PartitionInfo;
import io.voronode.proto.v1.ShardInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The cluster in the words of the public API. Pure. */
record ClusterMessages(ClusterImage image, TreeSnapshot tree, Reports reports) {

    DescribeClusterResponse message() {
        DescribeClusterResponse.Builder message = DescribeClusterResponse.newBuilder()
                .setClusterUuid(image.clusterUuid())
                .setVersion(SoftwareVersion.get());
        new TreeMap<>(image.coordinators())
                .forEach((id, coordinator) -> message.addCoordinators(CoordinatorInfo.newBuilder()
                        .setCoordinator(id)
                        .setAddress(coordinator.getAddress())
                        .setController(id.equals(image.controller()))));
        new TreeMap<>(image.nodes()).forEach((name, node) -> message.addNodes(node(name, node)));
        image.partitions().forEach(target -> message.addPartitions(partition(target)));
        tree.collections().values().forEach(collection -> message.addAllShards(shards(collection)));
        message.addAllOperations(new Operations(tree, reports).list());
        message.setRebalance(ClusterAdmin.mode(tree.movement().getMode()));
        return message.build();
    }

    private NodeInfo node(String name, NodeImage node) {
        Holdings holdings = new Holdings(tree, reports);
        NodeInfo.Builder info = NodeInfo.newBuilder()
                .setNode(name)
                .setZone(node.registration().getZone())
                .setAddress(image.rpcAddress(name).orElse(""))
                .setState(state(node.registration().getState()))
                .setPartitionReplicas((int) holdings.partitions(name))
                .setShardReplicas((int) holdings.shards(name));
        DescribeNodeResponse report = reports.byNode().get(name);
        if (report != null) {
            info.setReachable(true)
                    .setVersion(report.getVersion())
                    .setDiskFreeBytes(report.getDiskFreeBytes())
                    .setNotice(report.getNotice());
        }
        return info.build();
    }

    private static NodeState state(NodeAdminState state) {
        return switch (state) {
            case NODE_ADMIN_STATE_ACTIVE -> NodeState.NODE_STATE_ACTIVE;
            case NODE_ADMIN_STATE_DRAINING -> NodeState.NODE_STATE_DRAINING;
            case NODE_ADMIN_STATE_GONE -> NodeState.NODE_STATE_REMOVED;
            case NODE_ADMIN_STATE_UNSPECIFIED, UNRECOGNIZED -> NodeState.NODE_STATE_UNSPECIFIED;
        };
    }

    private PartitionInfo partition(PartitionTarget target) {
        PartitionInfo.Builder info = PartitionInfo.newBuilder().setPartition(target.getPartition());
        target.getPeersList().stream()
                .filter(peer -> !peer.getJoining())
                .map(PartitionPeer::getNode)
                .forEach(info::addNodes);
        target.getPeersList().stream()
                .map(PartitionPeer::getNode)
                .flatMap(node -> damaged(node, target.getPartition()).stream())
                .forEach(info::addDamaged);
        reports.leaderNode(target.getPartition()).ifPresent(info::setLeader);
        reports.leader(target.getPartition())
                .ifPresent(status -> info.setAppliedIndex(status.getPosition().getIndex())
                        .setRecordCount(status.getCollectionsList().stream()
                                .mapToLong(PartitionCollectionStatus::getLiveRows)
                                .sum()));
        return info.build();
    }

    private Optional<DamagedReplica> damaged(String node, int partition) {
        return reports.replica(node, partition)
                .map(PartitionStatus::getDamage)
                .filter(damage -> !damage.isEmpty())
                .map(damage -> DamagedReplica.newBuilder()
                        .setNode(node)
                        .setDamage(damage)
                        .build());
    }

    private List<ShardInfo> shards(CollectionTree collection) {
        List<ShardInfo> shards = new ArrayList<>();
        for (GenerationTree generation : collection.generations().values()) {
            for (Versioned<ShardTarget> shard : generation.shards().values()) {
                ShardTarget target = shard.value();
                Stream.concat(target.getReplicasList().stream(), target.getBuildingList().stream())
                        .distinct()
                        .map(node ->
                                replica(collection.spec(), generation.value().getGeneration(), target.getShard(), node))
                        .forEach(shards::add);
            }
        }
        return shards;
    }

    private ShardInfo replica(CollectionSpec spec, int generation, int shard, String node) {
        ShardInfo.Builder info = ShardInfo.newBuilder()
                .setCollection(spec.getName())
                .setGeneration(generation)
                .setShard(shard)
                .setNode(node);
        Optional<ShardStatus> status = reports.shard(node, spec.getUuid(), generation, shard);
        status.ifPresent(known -> info.setReady(known.getReady())
                .setRecordCount(known.getLiveRecords())
                .setLagEntries(lag(known)));
        return info.build();
    }

    /** Entries of all partitions that the replica has still to make visible; a partition without a watermark counts whole. */
    private long lag(ShardStatus replica) {
        Map<Integer, Long> visible = new TreeMap<>();
        for (Position watermark : replica.getWatermarksList()) {
            visible.put(watermark.getPartition(), watermark.getIndex());
        }
        long lag = 0;
        for (int partition = 0; partition < image.partitionCount(); partition++) {
            long applied = reports.leader(partition)
                    .map(PartitionStatus::getPosition)
                    .map(Position::getIndex)
                    .orElse(0L);
            lag += Math.max(0, applied - visible.getOrDefault(partition, 0L));
        }
        return lag;
    }
}
