/**
 * A shard node: partitions hold the rows, shard replicas the index over them. {@link io.voronode.shardnode.ShardNode} wires the
 * parts of one node by hand.
 */
@NullMarked
package io.voronode.shardnode;

import org.jspecify.annotations.NullMarked;
