package io.voronode.shardnode.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ShardChanges;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.shardnode.shard.ShardFeed;
import io.voronode.shardnode.shard.ShardId;
import io.voronode.wire.CallListener;
import io.voronode.wire.Channels;
import io.voronode.wire.VoronodeException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How subscriptions find a source, and stay with one. */
final class FeedClientTest {
    private static final ByteString COLLECTION = ByteString.copyFromUtf8("sixteen bytes id");
    private static final ShardId SHARD = new ShardId(COLLECTION, 0, 0);

    private final FakePartition partition = new FakePartition(0, COLLECTION);
    private final FakeFeed feed = new FakeFeed(List.of(partition), 1);
    private final String address = Channels.IN_PROCESS + UUID.randomUUID();
    private final RpcServer server = RpcServer.start(address, List.of(feed), CallListener.NONE);
    private final Channels channels = new Channels();

    /** Keeps what it is told. */
    private static final class Recorder implements ShardFeed.Sink {
        private final Position start;
        private final ConcurrentLinkedQueue<String> keys = new ConcurrentLinkedQueue<>();
        private volatile long reached;

        Recorder(Position start) {
            this.start = start;
        }

        @Override
        public Position after() {
            return start;
        }

        @Override
        public void changed(Position source, long lagMs, ShardChanges changes) {
            changes.getChangesList().forEach(change -> keys.add(change.getKey()));
            reached = changes.getUptoIndex();
        }

        @Override
        public void advanced(Position source, long lagMs) {
            reached = source.getIndex();
        }
    }

    @AfterEach
    void stop() {
        channels.close();
        server.drain(Duration.ZERO);
    }

    private void upsert(String key) {
        partition.upsert(key, new float[1], "", List.of(Stamp.getDefaultInstance()));
    }

    private void awaitHead(Recorder recorder) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (recorder.reached < partition.position().getIndex()) {
            assertThat(System.nanoTime())
                    .as("reached " + recorder.reached + " in time")
                    .isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void aHolderThatIsNotThereIsPassedOver() {
        Recorder recorder = new Recorder(partition.position());
        try (FeedClient client =
                        new FeedClient("n", any -> List.of(Channels.IN_PROCESS + "nobody", address), channels);
                ShardFeed.Subscription subscription = client.follow(0, SHARD, recorder)) {
            upsert("a");

            awaitHead(recorder);

            subscription.acknowledge(recorder.reached, recorder.reached, true);
            assertThat(recorder.keys).containsExactly("a");
        }
    }

    @Test
    void aBrokenStreamStartsAgainBehindWhatIsCommitted() {
        Recorder recorder = new Recorder(partition.position());
        try (FeedClient client = new FeedClient("n", any -> List.of(address), channels);
                ShardFeed.Subscription subscription = client.follow(0, SHARD, recorder)) {
            assertThat(subscription).isNotNull();
            upsert("a");
            awaitHead(recorder);
            feed.breakStreams();
            upsert("b");

            awaitHead(recorder);

            assertThat(recorder.keys).containsExactly("a", "a", "b");
        }
    }

    @Test
    void aSubscriptionAheadOfItsSourceWaitsForIt() {
        Position ahead = partition.position().toBuilder().setIndex(3).build();
        Recorder recorder = new Recorder(ahead);
        try (FeedClient client = new FeedClient("n", any -> List.of(address), channels);
                ShardFeed.Subscription subscription = client.follow(0, SHARD, recorder)) {
            assertThat(subscription).isNotNull();
            for (String key : List.of("a", "b", "c", "d")) {
                upsert(key);
            }

            awaitHead(recorder);

            assertThat(recorder.keys).containsExactly("c", "d");
        }
    }

    @Test
    void aScanWithoutAnyHolderSaysSo() {
        try (FeedClient client = new FeedClient("n", any -> List.of(), channels)) {
            assertThatThrownBy(() -> client.scan(9, SHARD, ""))
                    .isInstanceOf(VoronodeException.Unavailable.class)
                    .hasMessage("no node is known that holds partition 9");
        }
    }
}
