package io.voronode.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.search.TopHits;
import io.voronode.engine.simd.Distances;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchmarksComputeTheRightAnswerTest {

    @ParameterizedTest
    @ValueSource(ints = {100, 384, 768, 1536})
    void kernelsAgreeWithTheFormulas(int dimension) {
        KernelBenchmark benchmark = new KernelBenchmark();
        benchmark.dimension = dimension;
        benchmark.setUp();
        float dot = (float) IntStream.range(0, dimension)
                .mapToDouble(i -> (double) benchmark.a[i] * benchmark.b[i])
                .sum();
        float manhattan = (float) IntStream.range(0, dimension)
                .mapToDouble(i -> Math.abs((double) benchmark.a[i] - benchmark.b[i]))
                .sum();
        assertThat(benchmark.dotSimd()).isCloseTo(dot, within(1e-4f));
        assertThat(benchmark.dotScalar()).isCloseTo(dot, within(1e-4f));
        assertThat(benchmark.squaredDistanceSimd()).isCloseTo(2 - 2 * dot, within(1e-4f));
        assertThat(benchmark.squaredDistanceScalar()).isCloseTo(2 - 2 * dot, within(1e-4f));
        assertThat(benchmark.manhattanSimd()).isCloseTo(manhattan, within(1e-3f));
        assertThat(benchmark.manhattanScalar()).isCloseTo(manhattan, within(1e-3f));
    }

    @Test
    void scanOfAllCellsIsExactAndOfSomeFindsMost() throws IOException {
        CellScanBenchmark benchmark = new CellScanBenchmark();
        benchmark.count = 3_000;
        benchmark.dimension = 64;
        benchmark.cells = 20;
        benchmark.setUp();
        try {
            assertThat(recall(benchmark, 0)).isEqualTo(1);
            assertThat(recall(benchmark, 4)).isBetween(0.5, 1.0);
            assertThat(benchmark.search().size()).isEqualTo(CellScanBenchmark.K);
        } finally {
            benchmark.tearDown();
        }
    }

    @Test
    void trainedCellsAreUsedByAssignment() {
        CellTrainingBenchmark benchmark = new CellTrainingBenchmark();
        benchmark.count = 2_000;
        benchmark.dimension = 32;
        benchmark.cells = 10;
        benchmark.setUp();
        CellMap map = benchmark.train();
        assertThat(map.cellCount()).isEqualTo(10);
        assertThat(benchmark.assignOne()).isEqualTo(map.nearestCell(benchmark.vectors[1]));
        assertThat(benchmark.assignBatch())
                .containsExactly(Arrays.stream(benchmark.vectors)
                        .limit(CellTrainingBenchmark.BATCH)
                        .mapToInt(map::nearestCell)
                        .toArray());
        assertThat(benchmark.rank().cells()).startsWith(map.nearestCell(benchmark.vectors[2]));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 768})
    void centroidScoresAgreeWithTheFormula(int dimension) {
        CentroidBenchmark benchmark = new CentroidBenchmark();
        benchmark.dimension = dimension;
        benchmark.cells = 64;
        benchmark.setUp();
        float[] tile = benchmark.tileSimd().clone();
        assertThat(tile).containsExactly(benchmark.tileScalar(), within(1e-4f));
        assertThat(Arrays.copyOf(tile, benchmark.cells)).isEqualTo(Arrays.copyOf(benchmark.rowSimd(), benchmark.cells));
        for (int cell = 0; cell < benchmark.cells; cell++) {
            assertThat(tile[cell]).isCloseTo(benchmark.expected(cell), within(1e-4f));
        }
    }

    private static double recall(CellScanBenchmark benchmark, int nprobe) throws IOException {
        benchmark.nprobe = nprobe;
        int found = 0;
        for (int i = 0; i < 50; i++) {
            float[] query = benchmark.queries[i];
            int[] exact = IntStream.range(0, benchmark.count)
                    .boxed()
                    .sorted(Comparator.comparingDouble(
                            (Integer doc) -> Distances.distance(Metric.COSINE, query, benchmark.vectors[doc])))
                    .limit(CellScanBenchmark.K)
                    .mapToInt(Integer::intValue)
                    .toArray();
            TopHits hits = benchmark.search(query);
            found += (int) Arrays.stream(hits.docIds())
                    .filter(doc -> Arrays.stream(exact).anyMatch(d -> d == doc))
                    .count();
        }
        return found / 50.0 / CellScanBenchmark.K;
    }
}
