/** Shard replicas against hand-written partitions, through the real feed client and service. */
@NullMarked
package io.voronode.shardnode.rpc;

import org.jspecify.annotations.NullMarked;
