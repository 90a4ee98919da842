package io.voronode.shardnode.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.ScanShardResponse;
import io.voronode.proto.internal.v1.ShardAssignment;
import io.voronode.wire.VoronodeException.Unavailable;
import org.junit.jupiter.api.Test;

final class SpaceAwareFeedTest {
    private static final ShardId SHARD = ShardId.of(ShardAssignment.newBuilder()
            .setCollection(io.voronode.proto.internal.v1.CollectionSpec.newBuilder()
                    .setUuid(ByteString.copyFrom(new byte[16])))
            .build());

    private String shortage = "";
    private int scans;
    private int batches;
    private final SpaceAwareFeed feed = new SpaceAwareFeed(new EndlessScans(), () -> shortage);

    @Test
    void stopsAScanWhileTheDiskIsFullAndBeginsNone() {
        ShardFeed.Scan scan = feed.scan(0, SHARD, "");
        assertThat(scan.next()).isNotNull();
        shortage = "3 MiB are free";
        assertThatThrownBy(scan::next).isInstanceOf(Unavailable.class).hasMessage("3 MiB are free");
        assertThatThrownBy(() -> feed.scan(0, SHARD, "")).isInstanceOf(Unavailable.class);
        assertThat(scans).isEqualTo(1);
        assertThat(batches).isEqualTo(1);

        shortage = "";
        assertThat(feed.scan(0, SHARD, "k").next()).isNotNull();
    }

    private final class EndlessScans implements ShardFeed {
        @Override
        public Subscription follow(int partition, ShardId shard, Sink sink) {
            throw new AssertionError("nobody follows here");
        }

        @Override
        public Scan scan(int partition, ShardId shard, String afterKey) {
            scans++;
            return new Scan() {
                @Override
                public ScanShardResponse next() {
                    batches++;
                    return ScanShardResponse.getDefaultInstance();
                }

                @Override
                public void close() {}
            };
        }
    }
}
