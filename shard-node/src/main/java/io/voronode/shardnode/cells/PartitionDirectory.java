package io.voronode.shardnode.cells;

import java.util.List;

/** Knows where partitions are. Any thread asks; answers come from what the node was last told, so they may be old. */
public interface PartitionDirectory {
    /** Addresses for {@code Channels.to} of the nodes that hold the partition, the most promising first; empty when unknown. */
    List<String> rpcAddresses(int partition);
}
