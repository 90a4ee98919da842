package io.voronode.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.benchmarks.cluster.LossFigures.Death;
import io.voronode.benchmarks.cluster.RoutedFigures.Calls;
import io.voronode.benchmarks.data.Dataset;
import io.voronode.engine.simd.Metric;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClusterLinesTest {

    @Test
    void tellsWhatSearchesAskAndCost() {
        Dataset data = new Dataset("words", Metric.EUCLIDEAN, new float[1_000][4]);
        RoutedFigures figures = new RoutedFigures(
                3,
                0.9512,
                4,
                12_000,
                300,
                40,
                1.25,
                new Calls(800, 1.1, 3.25, 150, 600, 2_048),
                new Calls(3_000, 20, 30, 140, 50, 1_024));

        assertThat(ClusterLines.of(data, 16, List.of(figures), 9.5))
                .containsExactly(
                        "words: 1 000 records × 4 in 16 shards",
                        "  on 3 nodes: recall 0.951, 4.00 shards asked (cells dealt out at random: 9.50), the heaviest ×1.25 of the mean",
                        "    a query: 12000 codes scanned, 300 refined, 40 vectors compared",
                        "    one a call: 800 queries/s, p50 1.10 ms, p99 3.25 ms; processor time of a query: engine 150 µs, outside it 600 µs (120 µs × (1 + shards)); 2048 bytes moved",
                        "    64 a call: 3000 queries/s, p50 20.00 ms, p99 30.00 ms; processor time of a query: engine 140 µs, outside it 50 µs (10 µs × (1 + shards)); 1024 bytes moved");
    }

    @Test
    void tellsWhatClientsNoticeOfDeaths() {
        LossFigures figures = new LossFigures(
                List.of(new Death("node-1", 0.05, 3), new Death("node-2", 0.05, 1), new Death("node-3", 0.05, 2)),
                List.of(new Death("coordinator-1", 0.5, 0.6)),
                12_345,
                0,
                1_500);

        assertThat(ClusterLines.of(figures))
                .containsExactly(
                        "losses: 12 345 searches meanwhile, 0 failed, the slowest 1500 ms",
                        "  a node dies: writes are back after 2.0 s (median): node-1 3.0 s, a search 0.05 s; node-2 1.0 s, a search 0.05 s; node-3 2.0 s, a search 0.05 s",
                        "  the client's coordinator dies: writes are back after 0.6 s (median): coordinator-1 0.6 s, a search 0.50 s");
    }
}
