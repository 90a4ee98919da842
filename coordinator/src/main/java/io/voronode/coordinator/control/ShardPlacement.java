package io.voronode.coordinator.control;

import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.Versioned;
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
    private static final int DEFAULT_INDEX_REPLICAS = 2;

    private ShardPlacement() {}

    /** Copies of each shard: as wanted, else two; never more than nodes. */
    static int replicas(CollectionSpec spec, int nodes) {
        int wanted = spec.getIndexReplicas() == 0 ? DEFAULT_INDEX_REPLICAS : spec.getIndexReplicas();
        return Math.max(1, Math.min(wanted, nodes));
    }

    /** Targets in order of shards; empty while no node can take them. */
    static List<ShardTarget> place(Pass pass, CollectionSpec spec, int generation, int shardCount) {
        List<Candidate> candidates = pass.candidates();
        if (candidates.isEmpty()) {
            return List.of();
        }
        List<Group> groups = new ArrayList<>(present(pass));
        for (int shard = 0; shard < shardCount; shard++) {
            groups.add(
                    new Group(name(spec.getName(), generation, shard), replicas(spec, candidates.size()), List.of()));
        }
        SortedMap<String, List<String>> placed = Placement.place(candidates, groups);
        List<ShardTarget> targets = new ArrayList<>();
        for (int shard = 0; shard < shardCount; shard++) {
            targets.add(ShardTarget.newBuilder()
                    .setShard(shard)
                    .addAllReplicas(placed.getOrDefault(name(spec.getName(), generation, shard), List.of()))
                    .build());
        }
        return targets;
    }

    private static List<Group> present(Pass pass) {
        List<Group> groups = new ArrayList<>();
        for (CollectionTree collection : pass.tree().collections().values()) {
            for (GenerationTree generation : collection.generations().values()) {
                for (Versioned<ShardTarget> shard : generation.shards().values()) {
                    ShardTarget target = shard.value();
                    groups.add(new Group(
                            name(collection.spec().getName(), generation.value().getGeneration(), target.getShard()),
                            Math.max(1, target.getReplicasCount()),
                            target.getReplicasList()));
                }
            }
        }
        return groups;
    }

    private static String name(String collection, int generation, int shard) {
        return collection + "/" + generation + "/" + shard;
    }
}
