package io.voronode.client.internal;

import io.voronode.client.ClusterInfo;
import io.voronode.proto.v1.CoordinatorInfo;
import io.voronode.proto.v1.DescribeClusterResponse;
import io.voronode.proto.v1.NodeInfo;
import io.voronode.proto.v1.PartitionInfo;
import io.voronode.proto.v1.ShardInfo;

/** The cluster, from its message. Pure. */
final class ClusterMapper {
    private ClusterMapper() {}

    static ClusterInfo cluster(DescribeClusterResponse response) {
        return new ClusterInfo(
                response.getClusterUuid(),
                response.getVersion(),
                response.getCoordinatorsList().stream()
                        .map(ClusterMapper::coordinator)
                        .toList(),
                response.getNodesList().stream().map(ClusterMapper::node).toList(),
                response.getPartitionsList().stream()
                        .map(ClusterMapper::partition)
                        .toList(),
                response.getShardsList().stream().map(ClusterMapper::shard).toList());
    }

    private static ClusterInfo.Coordinator coordinator(CoordinatorInfo info) {
        return new ClusterInfo.Coordinator(info.getCoordinator(), info.getAddress(), info.getController());
    }

    private static ClusterInfo.Node node(NodeInfo info) {
        return new ClusterInfo.Node(
                info.getNode(),
                info.getAddress(),
                info.getZone(),
                info.getReachable(),
                info.getVersion(),
                info.getDiskFreeBytes());
    }

    private static ClusterInfo.Partition partition(PartitionInfo info) {
        return new ClusterInfo.Partition(
                info.getPartition(),
                info.getLeader(),
                info.getNodesList(),
                info.getAppliedIndex(),
                info.getRecordCount());
    }

    private static ClusterInfo.Shard shard(ShardInfo info) {
        return new ClusterInfo.Shard(
                info.getCollection(),
                info.getGeneration(),
                info.getShard(),
                info.getNode(),
                info.getReady(),
                info.getRecordCount(),
                info.getLagEntries());
    }
}
