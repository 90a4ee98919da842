package io.voronode.shardnode.shard;

import io.voronode.engine.clustering.CellMap;
import io.voronode.proto.internal.v1.ShardAssignment;

/** Gives the cell map of a generation. May block, and fails with a VoronodeException while no holder can be reached. */
@FunctionalInterface
public interface CellMapSource {
    CellMap map(ShardAssignment assignment);
}
