package io.voronode.shardnode.shard;

import io.voronode.proto.internal.v1.ScanShardResponse;
import io.voronode.wire.VoronodeException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A feed whose scans stop while the disk is nearly full, so that no index is built there; a replica goes on with its scan where it was
 * when there is room. What replicas follow comes on: an index that serves must see deletes too.
 */
public final class SpaceAwareFeed implements ShardFeed {
    private final ShardFeed feed;
    private final Supplier<String> shortage;

    /** The supplier tells what is wrong with the disk; empty while there is room. */
    public SpaceAwareFeed(ShardFeed feed, Supplier<String> shortage) {
        this.feed = feed;
        this.shortage = shortage;
    }

    @Override
    public Subscription follow(int partition, ShardId shard, Sink sink) {
        return feed.follow(partition, shard, sink);
    }

    @Override
    public Scan scan(int partition, ShardId shard, String afterKey) {
        requireRoom();
        return new SpaceAwareScan(feed.scan(partition, shard, afterKey));
    }

    private void requireRoom() {
        String why = shortage.get();
        if (!why.isEmpty()) {
            throw new VoronodeException.Unavailable(why);
        }
    }

    private final class SpaceAwareScan implements Scan {
        private final Scan scan;

        SpaceAwareScan(Scan scan) {
            this.scan = scan;
        }

        @Override
        public @Nullable ScanShardResponse next() {
            requireRoom();
            return scan.next();
        }

        @Override
        public void close() {
            scan.close();
        }
    }
}
