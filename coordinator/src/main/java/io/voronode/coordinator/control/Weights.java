package io.voronode.coordinator.control;

import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.proto.internal.v1.ShardTarget;

/**
 * How many bytes replicas have, about: by the records in them. All replicas of a group weigh the same so, and neither a merge nor a log that
 * is purged makes nodes uneven. Pure.
 */
record Weights(Reports reports) {
    /** Key, codes and what else comes with a vector. */
    private static final long BESIDE_VECTOR = 128;

    static long recordBytes(CollectionSpec spec) {
        return BESIDE_VECTOR + (long) Float.BYTES * spec.getDimension();
    }

    /** 0 while the partition has no leader. */
    long partition(int partition) {
        return reports.leader(partition).map(Weights::rows).orElse(0L);
    }

    private static long rows(PartitionStatus leader) {
        return leader.getCollectionsList().stream()
                .mapToLong(collection -> collection.getLiveRows() * recordBytes(collection.getSpec()))
                .sum();
    }

    /** 0 while no replica of it answers. */
    long shard(CollectionSpec spec, int generation, ShardTarget target) {
        return target.getReplicasList().stream()
                        .flatMap(node -> reports.shard(node, spec.getUuid(), generation, target.getShard()).stream())
                        .mapToLong(ShardStatus::getLiveRecords)
                        .max()
                        .orElse(0)
                * recordBytes(spec);
    }
}
