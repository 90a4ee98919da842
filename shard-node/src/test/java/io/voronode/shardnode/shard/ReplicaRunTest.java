package io.voronode.shardnode.shard;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.search.CellQuery;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.FeedCode;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RowChange;
import io.voronode.proto.internal.v1.ScanShardResponse;
import io.voronode.proto.internal.v1.ScannedRow;
import io.voronode.proto.internal.v1.ShardChanges;
import io.voronode.proto.internal.v1.ShardHit;
import io.voronode.proto.internal.v1.ShardRow;
import io.voronode.wire.VectorBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaRunTest {
    private static final ByteString LINEAGE = ByteString.copyFromUtf8("lineage");
    private static final ShardId ID = new ShardId("00112233445566778899aabbccddeeff", 0, 0);

    @TempDir
    private Path folder;

    private final Visibility visibility = new Visibility();

    private interface Steps {
        void run() throws Exception;
    }

    private void whileFollowing(ScriptedFeed feed, Steps steps) throws Exception {
        IndexLayout layout = new IndexLayout(IndexKind.FLAT, CellMap.single(Metric.EUCLIDEAN, 1));
        try (ShardIndex index = ShardIndex.open(folder, layout, new IndexBudget(16 << 20, 1))) {
            ReplicaRun run = new ReplicaRun(ID, index, feed, visibility, new LongAdder(), List.of(0));
            CompletableFuture<Void> life = CompletableFuture.runAsync(
                    () -> live(run), Thread.ofPlatform().daemon()::start);
            try {
                steps.run();
            } finally {
                run.stop();
                life.get(30, TimeUnit.SECONDS);
                visibility.publish(null);
            }
        }
    }

    private static void live(ReplicaRun run) {
        try {
            run.run();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private boolean visible(long index, long millis) throws InterruptedException {
        return visibility.await(List.of(position(index)), System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private Map<String, Long> versions() throws IOException {
        PublishedIndex seen = Objects.requireNonNull(visibility.acquire());
        try {
            CellQuery all = new CellQuery(
                    new float[1],
                    100,
                    new int[] {0},
                    new float[] {0},
                    Float.POSITIVE_INFINITY,
                    CellQuery.EXACT,
                    null,
                    () -> false);
            return seen.hits(seen.search(all), false).stream()
                    .collect(Collectors.toMap(ShardHit::getKey, ShardHit::getVersion));
        } finally {
            seen.release();
        }
    }

    private static Position position(long index) {
        return Position.newBuilder().setLineage(LINEAGE).setIndex(index).build();
    }

    private static ShardRow row(long version) {
        return ShardRow.newBuilder()
                .setVersion(version)
                .setVector(VectorBytes.pack(new float[] {1}))
                .setPayload("{}")
                .build();
    }

    private static ScanShardResponse batch(long index, String key, long version) {
        return ScanShardResponse.newBuilder()
                .setPosition(position(index))
                .addRows(ScannedRow.newBuilder().setKey(key).setRow(row(version)))
                .build();
    }

    private static ShardChanges changes(long upto, RowChange... changes) {
        return ShardChanges.newBuilder()
                .setCode(FeedCode.FEED_CODE_OK)
                .setUptoIndex(upto)
                .addAllChanges(List.of(changes))
                .build();
    }

    private static RowChange write(String key, long index) {
        return RowChange.newBuilder()
                .setKey(key)
                .setIndex(index)
                .setRow(row(index))
                .build();
    }

    @Test
    void losesNoChangeWhenAScanGoesOnAtASourceThatIsFurtherBack() throws Exception {
        ScriptedFeed[] feed = new ScriptedFeed[1];
        // The first subscription speaks once more while the second source is being asked.
        Runnable late = () -> feed[0].first().changed(position(14), 0, changes(14, write("c", 13)));
        feed[0] = new ScriptedFeed(
                new ScriptedFeed.Script(() -> {}, List.of(batch(10, "a", 5)), true),
                new ScriptedFeed.Script(late, List.of(batch(8, "b", 3)), false));
        whileFollowing(feed[0], () -> {
            assertThat(feed[0].followed().poll(30, TimeUnit.SECONDS)).isNotNull();
            ShardFeed.Sink second = feed[0].followed().poll(30, TimeUnit.SECONDS);
            assertThat(second).isNotNull();
            second.changed(position(14), 0, changes(14, write("b", 9), write("c", 13)));

            assertThat(visible(14, 30_000)).isTrue();
            assertThat(versions()).isEqualTo(Map.of("a", 5L, "b", 9L, "c", 13L));
        });
    }

    @Test
    void publishesNoWatermarkBeforeThePositionAtWhichAllRowsHadStamps() throws Exception {
        ScriptedFeed feed =
                new ScriptedFeed(new ScriptedFeed.Script(() -> {}, List.of(batch(10, "stamped", 5)), false));
        whileFollowing(feed, () -> {
            ShardFeed.Sink sink = feed.followed().poll(30, TimeUnit.SECONDS);
            assertThat(sink).isNotNull();
            // The last ASSIGN was at 15; the last row without a stamp got it by a write at 25.
            ShardChanges upTo20 = changes(20).toBuilder().setStampedIndex(15).build();
            sink.changed(position(30), 0, upTo20);
            assertThat(visible(20, 300)).isFalse();
            sink.changed(
                    position(30),
                    0,
                    changes(30, write("late", 25)).toBuilder()
                            .setStampedIndex(15)
                            .build());

            assertThat(visible(30, 30_000)).isTrue();
            assertThat(versions()).containsEntry("late", 25L);
        });
    }
}
