package io.voronode.shardnode.shard;

import static io.voronode.shardnode.shard.FeedMessages.batch;
import static io.voronode.shardnode.shard.FeedMessages.changes;
import static io.voronode.shardnode.shard.FeedMessages.position;
import static io.voronode.shardnode.shard.FeedMessages.removal;
import static io.voronode.shardnode.shard.FeedMessages.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.RowChange;
import io.voronode.proto.internal.v1.ScanShardResponse;
import io.voronode.proto.internal.v1.ShardChanges;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaRunTest {
    @TempDir
    private Path folder;

    @Test
    void losesNoChangeWhenAScanGoesOnAtASourceThatIsFurtherBack() throws Exception {
        ScriptedFeed[] feed = new ScriptedFeed[1];
        // The first subscription speaks once more while the second source is being asked.
        Runnable late = () -> feed[0].first().changed(position(14), 0, changes(14, write("c", 13)));
        feed[0] = new ScriptedFeed(
                new ScriptedFeed.Script(() -> {}, List.of(batch(10, "a", 5)), true),
                new ScriptedFeed.Script(late, List.of(batch(8, "b", 3)), false));
        try (RunningReplica replica = new RunningReplica(folder, feed[0])) {
            assertThat(feed[0].followed().poll(30, TimeUnit.SECONDS)).isNotNull();
            ShardFeed.Sink second = feed[0].followed().poll(30, TimeUnit.SECONDS);
            assertThat(second).isNotNull();
            second.changed(position(14), 0, changes(14, write("b", 9), write("c", 13)));

            assertThat(replica.contains(14, 30_000)).isTrue();
            assertThat(replica.search().versions()).isEqualTo(Map.of("a", 5L, "b", 9L, "c", 13L));
        }
    }

    @Test
    void triesAFailingScanNoMoreOftenWhenFeedsSpeakMeanwhile() throws Exception {
        List<Long> begun = Collections.synchronizedList(new ArrayList<>());
        ScriptedFeed.Script broken = new ScriptedFeed.Script(() -> begun.add(System.nanoTime()), List.of(), true);
        ScriptedFeed feed = new ScriptedFeed(
                new ScriptedFeed.Script(() -> {}, List.of(batch(10, "a", 5)), true),
                broken,
                broken,
                broken,
                new ScriptedFeed.Script(() -> begun.add(System.nanoTime()), List.of(batch(10, "b", 6)), false));
        try (RunningReplica replica = new RunningReplica(folder, feed)) {
            ShardFeed.Sink sink = Objects.requireNonNull(feed.followed().poll(30, TimeUnit.SECONDS));
            long index = 11;
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (begun.size() < 4 && System.nanoTime() < deadline) {
                sink.changed(position(index), 0, changes(index, write("c", index)));
                index++;
                TimeUnit.MILLISECONDS.sleep(1);
            }
            assertThat(replica.contains(index - 1, 30_000)).isTrue();
        }
        assertThat(begun).hasSize(4);
        for (int i = 1; i < begun.size(); i++) {
            assertThat(TimeUnit.NANOSECONDS.toMillis(begun.get(i) - begun.get(i - 1)))
                    .as("pause %d", i)
                    .isGreaterThanOrEqualTo(50);
        }
    }

    @Test
    void publishesNoWatermarkBeforeThePositionAtWhichAllRowsHadStamps() throws Exception {
        ScriptedFeed feed =
                new ScriptedFeed(new ScriptedFeed.Script(() -> {}, List.of(batch(10, "stamped", 5)), false));
        try (RunningReplica replica = new RunningReplica(folder, feed)) {
            ShardFeed.Sink sink = feed.followed().poll(30, TimeUnit.SECONDS);
            assertThat(sink).isNotNull();
            // The last ASSIGN was at 15; the last row without a stamp got it by a write at 25.
            ShardChanges upTo20 = changes(20).toBuilder().setStampedIndex(15).build();
            sink.changed(position(30), 0, upTo20);
            assertThat(replica.contains(20, 300)).isFalse();
            sink.changed(
                    position(30),
                    0,
                    changes(30, write("late", 25)).toBuilder()
                            .setStampedIndex(15)
                            .build());

            assertThat(replica.contains(30, 30_000)).isTrue();
            assertThat(replica.search().versions()).containsEntry("late", 25L);
        }
    }

    @Test
    void tellsUpToWhereTheRowsComeThatASourceSentAheadOfItsChanges() throws Exception {
        ScriptedFeed feed = new ScriptedFeed(new ScriptedFeed.Script(() -> {}, List.of(batch(10, "k", 5)), false));
        try (RunningReplica replica = new RunningReplica(folder, feed)) {
            ShardFeed.Sink sink = following(feed);
            sink.changed(position(500), 0, changes(120, write("k", 100, 450)));
            assertThat(replica.contains(120, 30_000)).isTrue();
            assertThat(replica.search()).isEqualTo(new RunningReplica.Shown(120, 450, Map.of("k", 450L)));

            sink.changed(position(600), 0, changes(130, removal("k", 125)));
            assertThat(replica.contains(130, 30_000)).isTrue();
            assertThat(replica.search()).isEqualTo(new RunningReplica.Shown(130, 600, Map.of()));

            sink.changed(position(700), 0, changes(700));
            assertThat(replica.contains(700, 30_000)).isTrue();
            assertThat(replica.search()).isEqualTo(new RunningReplica.Shown(700, 700, Map.of()));
        }
    }

    @Test
    void knowsAfterARestartUpToWhereItsRowsCome() throws Exception {
        ScriptedFeed feed = new ScriptedFeed(new ScriptedFeed.Script(() -> {}, List.of(batch(10, "k", 5)), false));
        try (RunningReplica replica = new RunningReplica(folder, feed)) {
            following(feed).changed(position(500), 0, changes(120, write("k", 100, 450)));
            assertThat(replica.contains(120, 30_000)).isTrue();
        }
        try (RunningReplica restarted = new RunningReplica(folder, new ScriptedFeed())) {
            assertThat(restarted.contains(120, 30_000)).isTrue();
            assertThat(restarted.search()).isEqualTo(new RunningReplica.Shown(120, 450, Map.of("k", 450L)));
        }
    }

    @Test
    void showsNoRecordFromItsExpiryOnWhetherItWasScannedOrFollowed() throws Exception {
        ScanShardResponse.Builder scan = batch(10, "a", 5).toBuilder();
        scan.getRowsBuilder(0).getRowBuilder().setExpireTimeMs(1_000);
        ScriptedFeed feed = new ScriptedFeed(new ScriptedFeed.Script(() -> {}, List.of(scan.build()), false));
        try (RunningReplica replica = new RunningReplica(folder, feed)) {
            ShardFeed.Sink sink = Objects.requireNonNull(feed.followed().poll(30, TimeUnit.SECONDS));
            RowChange.Builder followed = write("b", 11).toBuilder();
            followed.getRowBuilder().setExpireTimeMs(2_000);
            sink.changed(position(12), 0, changes(12, followed.build(), write("c", 12)));
            assertThat(replica.contains(12, 30_000)).isTrue();

            assertThat(replica.searchAt(999).versions()).containsOnlyKeys("a", "b", "c");
            assertThat(replica.searchAt(1_000).versions()).containsOnlyKeys("b", "c");
            assertThat(replica.searchAt(2_000).versions()).containsOnlyKeys("c");

            sink.changed(position(13), 0, changes(13, write("a", 13)));
            assertThat(replica.contains(13, 30_000)).isTrue();
            assertThat(replica.searchAt(2_000).versions())
                    .as("written without an expiry")
                    .containsOnlyKeys("a", "c");
        }
    }

    /** Has scanned at 10, when every row had its stamp. */
    private static ShardFeed.Sink following(ScriptedFeed feed) throws InterruptedException {
        ShardFeed.Sink sink = Objects.requireNonNull(feed.followed().poll(30, TimeUnit.SECONDS));
        sink.changed(position(10), 0, changes(10));
        return sink;
    }
}
