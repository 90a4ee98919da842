package io.voronode.coordinator.image;

import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.ShardTarget;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A generation as the tree has it, complete or not.
 *
 * @param shards targets by number
 */
public record GenerationTree(Versioned<GenerationNode> node, SortedMap<Integer, Versioned<ShardTarget>> shards) {
    public GenerationTree {
        shards = Collections.unmodifiableSortedMap(new TreeMap<>(shards));
    }

    public GenerationNode value() {
        return node.value();
    }

    /** Whether every shard has its target; false before the number of shards is known. */
    public boolean hasAllTargets() {
        return value().getShardCount() > 0 && shards.size() == value().getShardCount();
    }
}
