package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.image.Versioned;
import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.PartitionMemory;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.RecallClusterResponse;
import io.voronode.proto.internal.v1.ShardAssignment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All that is known of a cluster whose tree is lost or old: the tree as it is, what the nodes say of themselves now, and what they remember
 * of what they were told. Immutable.
 *
 * @param memories by node name, of those that answered
 */
record Recollection(TreeSnapshot tree, Reports reports, SortedMap<String, RecallClusterResponse> memories) {
    Recollection {
        memories = Collections.unmodifiableSortedMap(new TreeMap<>(memories));
    }

    /** The highest epoch that any node or partition has obeyed. */
    static long highestEpoch(Reports reports) {
        return reports.byNode().values().stream()
                .flatMap(node -> Stream.concat(
                        Stream.of(node.getAssignmentEpoch()),
                        node.getPartitionsList().stream().map(PartitionStatus::getHighestEpoch)))
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }

    /** Nodes that live by the tree, but do not answer. */
    Set<String> silent() {
        Set<String> silent = new TreeSet<>(tree.live().keySet());
        silent.removeAll(memories.keySet());
        return silent;
    }

    /** Nodes that answered and hold a replica of a partition, with what they say of it. */
    SortedMap<String, PartitionStatus> holders(int partition) {
        SortedMap<String, PartitionStatus> holders = new TreeMap<>();
        reports.byNode()
                .keySet()
                .forEach(node -> reports.replica(node, partition).ifPresent(status -> holders.put(node, status)));
        return holders;
    }

    /** What a partition was last told to be, the newest first: by the nodes' assignments, by what lies beside the replicas, by the tree. */
    List<PartitionTarget> targets(int partition) {
        List<PartitionTarget> targets = new ArrayList<>();
        for (RecallClusterResponse memory : newestFirst()) {
            Stream.concat(
                            memory.getAssignment().getAllPartitionsList().stream(),
                            memory.getPartitionsList().stream().map(PartitionMemory::getTarget))
                    .filter(target -> target.getPartition() == partition)
                    .forEach(targets::add);
        }
        Versioned<PartitionTarget> inTree = tree.partitions().get(partition);
        if (inTree != null) {
            targets.add(inTree.value());
        }
        return targets;
    }

    private List<RecallClusterResponse> newestFirst() {
        return memories.values().stream()
                .sorted(Comparator.comparingLong((RecallClusterResponse memory) ->
                                memory.getAssignment().getEpoch())
                        .reversed())
                .toList();
    }

    /** The last assignments, the newest first. */
    List<AssignRequest> assignments() {
        return newestFirst().stream()
                .filter(RecallClusterResponse::hasAssignment)
                .map(RecallClusterResponse::getAssignment)
                .toList();
    }

    /** The shards of a generation that nodes were last told to hold, by node. */
    SortedMap<String, List<ShardAssignment>> assignedShards(ByteString uuid, int generation) {
        SortedMap<String, List<ShardAssignment>> assigned = new TreeMap<>();
        memories.forEach((node, memory) -> {
            List<ShardAssignment> shards = memory.getAssignment().getShardsList().stream()
                    .filter(shard ->
                            shard.getCollection().getUuid().equals(uuid) && shard.getGeneration() == generation)
                    .toList();
            if (!shards.isEmpty()) {
                assigned.put(node, shards);
            }
        });
        return assigned;
    }

    /** Collections that the leader of a partition has dropped. */
    Set<ByteString> dropped(int partition) {
        return reports.leaderNode(partition)
                .flatMap(node -> Optional.ofNullable(memories.get(node)))
                .map(memory -> memory.getPartitionsList().stream()
                        .filter(replica -> replica.getTarget().getPartition() == partition)
                        .flatMap(replica -> replica.getDroppedCollectionsList().stream())
                        .collect(Collectors.toSet()))
                .orElse(Set.of());
    }

    /** The node that has a disk, if it answered. */
    Optional<String> nodeOf(String peerId) {
        return reports.byNode().values().stream()
                .filter(report -> report.getPeerId().equals(peerId))
                .map(DescribeNodeResponse::getNode)
                .findFirst();
    }
}
