package io.voronode.coordinator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.voronode.coordinator.gather.SearchAnswer;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.proto.v1.Explanation;
import io.voronode.proto.v1.Filter;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.ShardExplanation;
import io.voronode.proto.v1.WaveExplanation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SlowSearchesTest {
    private static final SearchParams PARAMS =
            SearchParams.newBuilder().setK(10).build();

    private final AtomicInteger explained = new AtomicInteger();
    private final SearchAnswer answer = new SearchAnswer(
            List.of(),
            List.of(),
            SessionToken.empty(ByteString.copyFromUtf8("sixteen bytes ok")),
            0,
            Map.of(),
            this::explain);

    private Explanation explain() {
        explained.incrementAndGet();
        return Explanation.getDefaultInstance();
    }

    @Test
    void onlySearchesThatTookAsLongAreExplained() {
        SlowSearches slow = new SlowSearches(Duration.ofMillis(100));

        slow.answered(99, "articles", 1, PARAMS, answer);
        assertThat(explained).hasValue(0);
        slow.answered(100, "articles", 1, PARAMS, answer);
        assertThat(explained).hasValue(1);
    }

    @Test
    void oneInASecondAtMostIsExplained() {
        SlowSearches slow = new SlowSearches(Duration.ofMillis(100));
        long start = System.nanoTime();

        int asked = 0;
        while (System.nanoTime() - start < Duration.ofMillis(200).toNanos()) {
            slow.answered(100, "articles", 1, PARAMS, answer);
            asked++;
        }

        assertThat(asked).isGreaterThan(1);
        assertThat(explained).hasValue(1);
    }

    @Test
    void withoutALimitNoneIsExplained() {
        new SlowSearches(Duration.ZERO).answered(Long.MAX_VALUE - 1, "articles", 1, PARAMS, answer);

        assertThat(explained).hasValue(0);
    }

    @Test
    void tellsWhereTheTimeWent() {
        Explanation how = Explanation.newBuilder()
                .setGeneration(3)
                .setTotalTime(Durations.fromMillis(1_200))
                .setEmbedTime(Durations.fromMillis(7))
                .setRankTime(Durations.fromMillis(1))
                .setGatherTime(Durations.fromMillis(1_100))
                .setFetchTime(Durations.fromMillis(42))
                .setCodesScanned(8_000)
                .setCodesRefined(120)
                .setVectorsScanned(31)
                .addWaves(WaveExplanation.newBuilder()
                        .addShards(shard(0, "node-1", 64, 1_090))
                        .addShards(shard(2, "node-2", 16, 20)))
                .build();

        assertThat(SlowSearches.line(
                        1_250,
                        "articles",
                        2,
                        PARAMS.toBuilder()
                                .setFilter(Filter.getDefaultInstance())
                                .build(),
                        how))
                .isEqualTo(
                        "slow search of collection \"articles\" (queries 2, k 10, filtered): 1250 ms, of which waiting 100,"
                                + " embedding 7, ranking 1, shards 1100, rows 42; generation 3, waves 1, 8000 codes, 120 of them refined,"
                                + " 31 vectors; shard 0 at node-1: 64 cells, 1090 ms; shard 2 at node-2: 16 cells, 20 ms");
    }

    private static ShardExplanation shard(int number, String node, int cells, long ms) {
        return ShardExplanation.newBuilder()
                .setShard(number)
                .setNode(node)
                .setCellsScanned(cells)
                .setScanTime(Durations.fromMillis(ms))
                .build();
    }
}
