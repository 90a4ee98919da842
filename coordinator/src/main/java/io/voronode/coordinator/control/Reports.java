package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.PartitionCollectionStatus;
import io.voronode.proto.internal.v1.PartitionGenerationStatus;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.wire.VoronodeException.Corruption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What the nodes said of themselves at one moment: the actual state. Immutable. A node that did not answer is not in it, and what only
 * it knows is then unknown, which is never the same as absent.
 *
 * @param byNode answers by node name
 */
record Reports(Map<String, DescribeNodeResponse> byNode) {
    Reports {
        byNode = Map.copyOf(byNode);
    }

    /**
     * For what may only be done while nobody holds rows.
     *
     * @throws Corruption if a node holds partitions: {@code finding}, by which node, and what follows
     */
    void requireNoPartitions(String finding, String consequence) {
        byNode.forEach((node, report) -> {
            if (report.getPartitionsCount() > 0) {
                throw new Corruption(
                        finding + ", while node \"" + node + "\" holds " + report.getPartitionsCount() + " partitions: "
                                + consequence,
                        null);
            }
        });
    }

    /** What nodes of this cluster said, and those that know of none: a node of another one may be live under the same tree. */
    Reports ofCluster(ByteString uuid) {
        Map<String, DescribeNodeResponse> own = new HashMap<>();
        byNode.forEach((node, report) -> {
            if (report.getClusterUuid().isEmpty() || report.getClusterUuid().equals(uuid)) {
                own.put(node, report);
            }
        });
        return new Reports(own);
    }

    /** These nodes, those that did not answer before the others. */
    List<String> silentFirst(List<String> nodes) {
        return nodes.stream().sorted(Comparator.comparing(byNode::containsKey)).toList();
    }

    /** What a node says of its replica of a partition, if it answered and has one. */
    Optional<PartitionStatus> replica(String node, int partition) {
        DescribeNodeResponse report = byNode.get(node);
        return report == null
                ? Optional.empty()
                : report.getPartitionsList().stream()
                        .filter(status -> status.getPartition() == partition)
                        .findFirst();
    }

    /** What the leader of a partition says of it; of two that believe they lead, the one with the higher term. */
    Optional<PartitionStatus> leader(int partition) {
        return byNode.values().stream()
                .flatMap(node -> node.getPartitionsList().stream())
                .filter(status -> status.getPartition() == partition && status.getLeader())
                .max(Comparator.comparingLong(PartitionStatus::getTerm));
    }

    /** The node that answered as the leader of a partition. */
    Optional<String> leaderNode(int partition) {
        return leader(partition)
                .flatMap(leader -> byNode.entrySet().stream()
                        .filter(node -> node.getValue().getPartitionsList().contains(leader))
                        .map(Map.Entry::getKey)
                        .findFirst());
    }

    /** The peer ids that vote, by the leader; none while it is unknown, or changes. */
    Set<String> voters(int partition) {
        return leader(partition)
                .map(status -> Set.copyOf(status.getVotersList()))
                .orElse(Set.of());
    }

    /** A collection as the leader of a partition knows it. */
    Optional<PartitionCollectionStatus> collection(int partition, ByteString uuid) {
        return leader(partition)
                .flatMap(status -> status.getCollectionsList().stream()
                        .filter(collection -> collection.getSpec().getUuid().equals(uuid))
                        .findFirst());
    }

    /** A generation that has begun and not ended, as the leader of a partition knows it. */
    Optional<PartitionGenerationStatus> generation(int partition, ByteString uuid, int generation) {
        return collection(partition, uuid)
                .flatMap(collection -> collection.getGenerationsList().stream()
                        .filter(status -> status.getGeneration() == generation)
                        .findFirst());
    }

    /** Live rows of a collection; empty while a partition has no leader that says. */
    OptionalLong liveRows(ByteString uuid, int partitionCount) {
        long sum = 0;
        for (int partition = 0; partition < partitionCount; partition++) {
            Optional<PartitionCollectionStatus> status = collection(partition, uuid);
            if (status.isEmpty()) {
                return OptionalLong.empty();
            }
            sum += status.get().getLiveRows();
        }
        return OptionalLong.of(sum);
    }

    /** Rows without a stamp for a generation, where partitions say so. */
    long unstamped(ByteString uuid, int generation, int partitionCount) {
        return IntStream.range(0, partitionCount)
                .mapToObj(partition -> generation(partition, uuid, generation))
                .flatMap(Optional::stream)
                .mapToLong(PartitionGenerationStatus::getUnstamped)
                .sum();
    }

    /** A shard replica, if the node answered and has it. */
    Optional<ShardStatus> shard(String node, ByteString uuid, int generation, int shard) {
        DescribeNodeResponse report = byNode.get(node);
        return report == null
                ? Optional.empty()
                : report.getShardsList().stream()
                        .filter(status -> status.getCollectionUuid().equals(uuid)
                                && status.getGeneration() == generation
                                && status.getShard() == shard)
                        .findFirst();
    }
}
