/**
 * What a shard node says and hears by gRPC: the shard and node services, the client of the feeds, the server. {@link
 * io.voronode.shardnode.rpc.ShardRpc} is on the main path of a search.
 */
@NullMarked
package io.voronode.shardnode.rpc;

import org.jspecify.annotations.NullMarked;
