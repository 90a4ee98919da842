/**
 * The source side of the feed: streams the changes of a partition replica to the shard replicas that follow it, and the rows of one
 * shard to those that are built. Reads the row store; never writes it.
 */
@NullMarked
package io.voronode.shardnode.feed;

import org.jspecify.annotations.NullMarked;
