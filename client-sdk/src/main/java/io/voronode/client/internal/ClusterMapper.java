package io.voronode.client.internal;

import io.voronode.client.ClusterInfo;
import io.voronode.client.RebalanceMode;
import io.voronode.client.Rebalancing;
import io.voronode.client.RecoveryReport;
import io.voronode.proto.v1.CoordinatorInfo;
import io.voronode.proto.v1.DescribeClusterResponse;
import io.voronode.proto.v1.NodeInfo;
import io.voronode.proto.v1.NodeState;
import io.voronode.proto.v1.OperationInfo;
import io.voronode.proto.v1.OperationKind;
import io.voronode.proto.v1.PartitionInfo;
import io.voronode.proto.v1.RebalanceResponse;
import io.voronode.proto.v1.RecoverClusterResponse;
import io.voronode.proto.v1.ShardInfo;
import io.voronode.proto.v1.TreeChange;
import io.voronode.proto.v1.TreeChangeKind;

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
                response.getShardsList().stream().map(ClusterMapper::shard).toList(),
                response.getOperationsList().stream()
                        .map(ClusterMapper::operation)
                        .toList(),
                mode(response.getRebalance()));
    }

    static Rebalancing rebalancing(RebalanceResponse response) {
        return new Rebalancing(
                mode(response.getMode()),
                response.getScanBytesPerSecond(),
                response.getMovesList().stream()
                        .map(move ->
                                new Rebalancing.Move(move.getGroup(), move.getFrom(), move.getTo(), move.getBytes()))
                        .toList());
    }

    private static RebalanceMode mode(io.voronode.proto.v1.RebalanceMode mode) {
        return switch (mode) {
            case REBALANCE_MODE_PAUSED -> RebalanceMode.PAUSED;
            case REBALANCE_MODE_ABORTED -> RebalanceMode.ABORTED;
            default -> RebalanceMode.RUNNING;
        };
    }

    static io.voronode.proto.v1.RebalanceMode mode(RebalanceMode mode) {
        return switch (mode) {
            case RUNNING -> io.voronode.proto.v1.RebalanceMode.REBALANCE_MODE_RUNNING;
            case PAUSED -> io.voronode.proto.v1.RebalanceMode.REBALANCE_MODE_PAUSED;
            case ABORTED -> io.voronode.proto.v1.RebalanceMode.REBALANCE_MODE_ABORTED;
        };
    }

    private static ClusterInfo.Operation operation(OperationInfo info) {
        return new ClusterInfo.Operation(kind(info.getKind()), info.getSubject(), info.getDetail());
    }

    private static ClusterInfo.OperationKind kind(OperationKind kind) {
        return switch (kind) {
            case OPERATION_KIND_DRAIN -> ClusterInfo.OperationKind.DRAIN;
            case OPERATION_KIND_MOVE_PARTITION -> ClusterInfo.OperationKind.MOVE_PARTITION;
            case OPERATION_KIND_MOVE_SHARD -> ClusterInfo.OperationKind.MOVE_SHARD;
            case OPERATION_KIND_TRAIN -> ClusterInfo.OperationKind.TRAIN;
            case OPERATION_KIND_BUILD -> ClusterInfo.OperationKind.BUILD;
            case OPERATION_KIND_END -> ClusterInfo.OperationKind.END;
            case OPERATION_KIND_RESTORE -> ClusterInfo.OperationKind.RESTORE;
            case OPERATION_KIND_DROP -> ClusterInfo.OperationKind.DROP;
            default -> ClusterInfo.OperationKind.OTHER;
        };
    }

    private static ClusterInfo.NodeState state(NodeState state) {
        return switch (state) {
            case NODE_STATE_ACTIVE -> ClusterInfo.NodeState.ACTIVE;
            case NODE_STATE_DRAINING -> ClusterInfo.NodeState.DRAINING;
            case NODE_STATE_REMOVED -> ClusterInfo.NodeState.REMOVED;
            default -> ClusterInfo.NodeState.UNKNOWN;
        };
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
                info.getDiskFreeBytes(),
                info.getNotice(),
                state(info.getState()),
                info.getPartitionReplicas(),
                info.getShardReplicas());
    }

    private static ClusterInfo.Partition partition(PartitionInfo info) {
        return new ClusterInfo.Partition(
                info.getPartition(),
                info.getLeader(),
                info.getNodesList(),
                info.getAppliedIndex(),
                info.getRecordCount(),
                info.getDamagedList().stream()
                        .map(damaged -> new ClusterInfo.DamagedReplica(damaged.getNode(), damaged.getDamage()))
                        .toList());
    }

    static RecoveryReport recovery(RecoverClusterResponse response) {
        return new RecoveryReport(
                response.getClusterUuid(),
                response.getPartitionCount(),
                response.getChangesList().stream().map(ClusterMapper::change).toList(),
                response.getNotesList(),
                response.getApplied());
    }

    private static RecoveryReport.Change change(TreeChange change) {
        return new RecoveryReport.Change(kind(change.getKind()), change.getPath(), change.getContent());
    }

    private static RecoveryReport.Kind kind(TreeChangeKind kind) {
        return switch (kind) {
            case TREE_CHANGE_KIND_CREATE -> RecoveryReport.Kind.CREATE;
            case TREE_CHANGE_KIND_REPLACE -> RecoveryReport.Kind.REPLACE;
            case TREE_CHANGE_KIND_DELETE -> RecoveryReport.Kind.DELETE;
            default -> RecoveryReport.Kind.OTHER;
        };
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
