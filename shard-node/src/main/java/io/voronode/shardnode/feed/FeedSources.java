package io.voronode.shardnode.feed;

/** Finds the partition replicas of this node. */
@FunctionalInterface
public interface FeedSources {
    /**
     * The replica of this partition.
     *
     * @throws io.voronode.wire.VoronodeException.Conflict with reason NOT_HOSTED if it is not here
     */
    FeedSource source(int partition);
}
