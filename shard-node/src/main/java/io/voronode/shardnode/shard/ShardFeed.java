package io.voronode.shardnode.shard;

import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ScanShardResponse;
import io.voronode.proto.internal.v1.ShardChanges;
import org.jspecify.annotations.Nullable;

/**
 * Where shard replicas get the changes and rows of partitions from. Keeps connections alive by itself: a subscription lives until it
 * is closed or has been told that nothing follows.
 */
public interface ShardFeed {
    /** Sends changes of a partition to the sink from now on, in log order and one call at a time. */
    Subscription follow(int partition, ShardId shard, Sink sink);

    /** Starts to read all rows of a shard in one partition, in key order, behind a key. */
    Scan scan(int partition, ShardId shard, String afterKey);

    /** Takes changes; called by threads of the feed, must not block. */
    interface Sink {
        /** Where to start when a connection is made anew: all behind this is sent (again). */
        Position after();

        /**
         * Changes. Code is OK, GENERATION_ENDED or REBUILD.
         *
         * @param source position of the source when it read them
         * @param lagMs how long ago it had all that was committed
         */
        void changed(Position source, long lagMs, ShardChanges changes);

        /** There is nothing for this shard up to this position of the source. */
        void advanced(Position source, long lagMs);
    }

    /** One followed feed. */
    interface Subscription extends AutoCloseable {
        /**
         * Lets the source send more and forget what is committed.
         *
         * @param serving whether the replica answers searches
         */
        void acknowledge(long appliedIndex, long committedIndex, boolean serving);

        @Override
        void close();
    }

    /** Rows being read. Any thread may close it, which ends a waiting {@link #next} with an exception. */
    interface Scan extends AutoCloseable {
        /**
         * The next batch, null at the end.
         *
         * @throws io.voronode.wire.VoronodeException if the source fails; another scan may go on behind the last key
         */
        @Nullable
        ScanShardResponse next();

        @Override
        void close();
    }
}
