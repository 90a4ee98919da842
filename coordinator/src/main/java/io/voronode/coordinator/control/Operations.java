package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.image.Versioned;
import io.voronode.coordinator.placement.Placement.Candidate;
import io.voronode.proto.internal.v1.MovementMode;
import io.voronode.proto.internal.v1.NodeAdminState;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.proto.v1.OperationInfo;
import io.voronode.proto.v1.OperationKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the cluster is doing beside reading and writing, by the tree and what the nodes say: there is no list of it to get out of step. Pure. */
record Operations(TreeSnapshot tree, Reports reports) {

    List<OperationInfo> list() {
        List<OperationInfo> operations = new ArrayList<>();
        tree.nodes().values().forEach(node -> drain(node).ifPresent(operations::add));
        tree.partitions().values().forEach(target -> move(target.value()).ifPresent(operations::add));
        tree.collections().values().forEach(collection -> add(collection, operations));
        return operations;
    }

    private Optional<OperationInfo> drain(NodeRegistration node) {
        Holdings holdings = new Holdings(tree, reports);
        boolean drains = node.getState() == NodeAdminState.NODE_ADMIN_STATE_DRAINING
                && holdings.partitions(node.getNode()) + holdings.shards(node.getNode()) > 0;
        return drains
                ? Optional.of(operation(
                        OperationKind.OPERATION_KIND_DRAIN,
                        node.getNode(),
                        holdings.text(node.getNode()) + " to go" + obstacle(node)))
                : Optional.empty();
    }

    private String obstacle(NodeRegistration node) {
        if (Movement.mode(tree) != MovementMode.MOVEMENT_MODE_RUNNING) {
            return "; movement is " + (Movement.aborted(tree) ? "aborted" : "paused");
        }
        List<String> silent = Pass.active(tree).stream()
                .map(Candidate::node)
                .filter(active -> !reports.byNode().containsKey(active))
                .toList();
        if (!silent.isEmpty()) {
            return "; nodes " + silent
                    + " do not answer: they are waited for, until the grace is over or they are removed as lost";
        }
        boolean stuck = tree.partitions().values().stream()
                .map(Versioned::value)
                .anyMatch(target -> isOn(target, node.getNode())
                        && target.getPeersCount() % 2 != 0
                        && Pass.candidates(tree, reports).stream().allMatch(other -> isOn(target, other.node())));
        return stuck ? "; another node is needed: all that take replicas hold the partition already" : "";
    }

    private static boolean isOn(PartitionTarget target, String node) {
        return Peers.nodes(target).contains(node);
    }

    private Optional<OperationInfo> move(PartitionTarget target) {
        Optional<PartitionPeer> joining = Peers.joining(target);
        if (joining.isPresent()) {
            return Optional.of(movePartition(target, "node " + joining.get().getNode() + " is being filled"));
        }
        return target.getPeersCount() % 2 == 0
                ? Optional.of(movePartition(target, "one of " + target.getPeersCount() + " peers is to go"))
                : Optional.empty();
    }

    private static OperationInfo movePartition(PartitionTarget target, String detail) {
        return operation(
                OperationKind.OPERATION_KIND_MOVE_PARTITION, PartitionGroups.name(target.getPartition()), detail);
    }

    private void add(CollectionTree collection, List<OperationInfo> operations) {
        String name = collection.spec().getName();
        if (collection.dropping()) {
            operations.add(operation(OperationKind.OPERATION_KIND_DROP, name, ""));
        } else if (collection.restoring()) {
            operations.add(operation(OperationKind.OPERATION_KIND_RESTORE, name, ""));
        }
        for (GenerationTree generation : collection.generations().values()) {
            phase(collection, generation).ifPresent(operations::add);
            generation.shards().values().stream()
                    .map(Versioned::value)
                    .filter(shard -> shard.getBuildingCount() > 0)
                    .forEach(shard -> operations.add(moveShard(collection, generation, shard)));
        }
    }

    private Optional<OperationInfo> phase(CollectionTree collection, GenerationTree generation) {
        String subject = collection.spec().getName() + "/" + generation.value().getGeneration();
        return switch (generation.value().getPhase()) {
            case GENERATION_PHASE_TRAINING -> Optional.of(operation(OperationKind.OPERATION_KIND_TRAIN, subject, ""));
            case GENERATION_PHASE_BUILDING ->
                Optional.of(operation(OperationKind.OPERATION_KIND_BUILD, subject, unstamped(collection, generation)));
            case GENERATION_PHASE_ENDING -> Optional.of(operation(OperationKind.OPERATION_KIND_END, subject, ""));
            case GENERATION_PHASE_SERVING, GENERATION_PHASE_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }

    private String unstamped(CollectionTree collection, GenerationTree generation) {
        long unstamped = reports.unstamped(
                collection.spec().getUuid(), generation.value().getGeneration(), tree.partitionCount());
        return unstamped + " records have no cell yet";
    }

    private OperationInfo moveShard(CollectionTree collection, GenerationTree generation, ShardTarget shard) {
        int number = generation.value().getGeneration();
        ByteString uuid = collection.spec().getUuid();
        List<String> builders = shard.getBuildingList().stream()
                .map(node -> "node " + node + " has built "
                        + reports.shard(node, uuid, number, shard.getShard())
                                .map(ShardStatus::getLiveRecords)
                                .orElse(0L)
                        + " records")
                .toList();
        return operation(
                OperationKind.OPERATION_KIND_MOVE_SHARD,
                ShardGroups.name(collection.spec().getName(), number, shard.getShard()),
                String.join(", ", builders));
    }

    private static OperationInfo operation(OperationKind kind, String subject, String detail) {
        return OperationInfo.newBuilder()
                .setKind(kind)
                .setSubject(subject)
                .setDetail(detail)
                .build();
    }
}
