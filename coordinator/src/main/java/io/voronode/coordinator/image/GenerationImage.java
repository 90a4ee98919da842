package io.voronode.coordinator.image;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.ShardTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One complete generation.
 *
 * @param map its cells
 * @param calibration how many of them to scan for a wanted recall; null where none has been made or fetched yet
 * @param shards the targets of all its shards, in order of their numbers
 */
public record GenerationImage(
        GenerationNode node, CellMap map, @Nullable ProbeCalibration calibration, List<ShardTarget> shards) {

    public GenerationImage {
        shards = List.copyOf(shards);
        if (shards.size() != map.shardCount()) {
            throw new IllegalArgumentException(shards.size() + " shard targets for a cell map of " + map.shardCount()
                    + " shards in generation " + node.getGeneration());
        }
    }
}
