package io.voronode.coordinator.verify;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * Where the copies of a collection should be.
 *
 * @param collectionUuid the collection
 * @param generation the one that serves
 * @param partitions by partition, the nodes that hold a voting replica
 * @param shards by shard of the generation, the nodes that hold a replica
 */
record Layout(ByteString collectionUuid, int generation, List<List<String>> partitions, List<List<String>> shards) {
    Layout {
        partitions = partitions.stream().map(List::copyOf).toList();
        shards = shards.stream().map(List::copyOf).toList();
    }
}
