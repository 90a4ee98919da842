/**
 * Shard replicas, the index: each is a Lucene index that follows the feeds of all partitions and can be rebuilt from them at any
 * time. {@link io.voronode.shardnode.shard.ShardReplicas} holds those of one node. Knows the feed as an interface and nothing of
 * sockets or ZooKeeper.
 */
@NullMarked
package io.voronode.shardnode.shard;

import org.jspecify.annotations.NullMarked;
