package io.voronode.shardnode.shard;

import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ShardChanges;

/** What a feed said, on its way to the apply thread. */
sealed interface FeedEvent {
    /** Whose feed said it. */
    PartitionTail tail();

    /** Position of the source when it said it. */
    Position source();

    /** On the clock of System.nanoTime, when the source last heard of its leader. */
    long leaderHeardNanos();

    /** Changes. */
    record Changed(PartitionTail tail, Position source, long leaderHeardNanos, ShardChanges changes)
            implements FeedEvent {}

    /** No changes up to a position. */
    record Advanced(PartitionTail tail, Position source, long leaderHeardNanos) implements FeedEvent {}
}
