package io.voronode.coordinator.control;

import io.voronode.coordinator.placement.Placement;
import io.voronode.coordinator.placement.Placement.Candidate;
import io.voronode.coordinator.placement.Placement.Group;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ShardTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** Where the shards of a new generation go, beside all shards that are placed already. */
final class ShardPlacement {
    private ShardPlacement() {}

    /** Targets in order of shards; empty while no node can take them. */
    static List<ShardTarget> place(Pass pass, CollectionSpec spec, int generation, int shardCount) {
        List<Candidate> candidates = pass.candidates();
        if (candidates.isEmpty()) {
            return List.of();
        }
        long rows = pass.reports()
                .liveRows(spec.getUuid(), pass.tree().partitionCount())
                .orElse(0);
        long bytes = rows / shardCount * Weights.recordBytes(spec);
        int replicas = ShardGroups.replicas(spec, candidates.size());
        List<Group> groups = new ArrayList<>(new ShardGroups(pass.tree(), pass.reports(), candidates).groups());
        for (int shard = 0; shard < shardCount; shard++) {
            groups.add(new Group(ShardGroups.name(spec.getName(), generation, shard), replicas, List.of(), bytes));
        }
        SortedMap<String, List<String>> placed = Placement.place(candidates, groups);
        List<ShardTarget> targets = new ArrayList<>();
        for (int shard = 0; shard < shardCount; shard++) {
            targets.add(ShardTarget.newBuilder()
                    .setShard(shard)
                    .addAllReplicas(placed.getOrDefault(ShardGroups.name(spec.getName(), generation, shard), List.of()))
                    .build());
        }
        return targets;
    }
}
