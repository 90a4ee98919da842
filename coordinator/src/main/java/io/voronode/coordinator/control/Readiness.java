package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.Versioned;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.proto.internal.v1.ShardTarget;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether shards can be asked, by what the nodes say. A shard is ready when every replica of it whose node answers is ready, and there is at
 * least one; a replica is ready when it says so and has a watermark of every partition, of the history that the partition has now. Pure.
 */
record Readiness(Reports reports, int partitionCount) {

    /**
     * Whether all shards of a generation are ready.
     *
     * @param goals positions, by partition, that watermarks must have reached; may miss partitions
     */
    boolean ready(ByteString uuid, GenerationTree generation, Map<Integer, Position> goals) {
        return generation.hasAllTargets()
                && generation.shards().values().stream()
                        .map(Versioned::value)
                        .allMatch(shard -> ready(uuid, generation.value().getGeneration(), shard, goals));
    }

    /** Whether one shard is ready. */
    boolean ready(ByteString uuid, int generation, ShardTarget shard, Map<Integer, Position> goals) {
        List<String> answering = shard.getReplicasList().stream()
                .filter(node -> reports.byNode().containsKey(node))
                .toList();
        return !answering.isEmpty()
                && answering.stream().allMatch(node -> ready(node, uuid, generation, shard.getShard(), goals));
    }

    /** Whether one replica is ready. */
    boolean ready(String node, ByteString uuid, int generation, int shard, Map<Integer, Position> goals) {
        Optional<ShardStatus> replica = reports.shard(node, uuid, generation, shard);
        if (replica.isEmpty() || !replica.get().getReady()) {
            return false;
        }
        for (int partition = 0; partition < partitionCount; partition++) {
            if (!reached(replica.get(), partition, goals.get(partition))) {
                return false;
            }
        }
        return true;
    }

    private boolean reached(ShardStatus replica, int partition, @Nullable Position goal) {
        Optional<PartitionStatus> leader = reports.leader(partition);
        return leader.isPresent()
                && replica.getWatermarksList().stream()
                        .filter(watermark -> watermark.getPartition() == partition)
                        .anyMatch(watermark -> watermark
                                        .getLineage()
                                        .equals(leader.get().getPosition().getLineage())
                                && (goal == null || watermark.getIndex() >= goal.getIndex()));
    }
}
