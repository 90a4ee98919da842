package io.voronode.coordinator.image;

import io.voronode.engine.clustering.CellMap;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.ShardTarget;
import java.util.List;

/**
 * One complete generation.
 *
 * @param map its cells
 * @param shards the targets of all its shards, in order of their numbers
 */
public record GenerationImage(GenerationNode node, CellMap map, List<ShardTarget> shards) {

    public GenerationImage {
        shards = List.copyOf(shards);
        if (shards.size() != map.shardCount()) {
            throw new IllegalArgumentException(shards.size() + " shard targets for a cell map of " + map.shardCount()
                    + " shards in generation " + node.getGeneration());
        }
    }
}
