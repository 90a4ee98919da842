/**
 * The node's place in the cluster: its data folder, the assignment that it works towards, and its znodes. Knows nothing of what lies
 * in partitions and shards.
 */
@NullMarked
package io.voronode.shardnode.membership;

import org.jspecify.annotations.NullMarked;
