/** Tests of shard replicas without a network: the feed says what the test wants, when it wants. */
@NullMarked
package io.voronode.shardnode.shard;

import org.jspecify.annotations.NullMarked;
