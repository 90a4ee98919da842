package io.voronode.benchmarks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.engine.simd.Distances;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class GroundTruthTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void agreesWithSortingAllRows(Metric metric) {
        Workload workload = random(metric, 700, 13).holdOut(37, 1);

        GroundTruth truth = GroundTruth.compute(workload);

        for (int query = 0; query < 37; query++) {
            assertThat(truth.nearest(query)).isEqualTo(sorted(workload, query));
        }
    }

    @Test
    void ofFewRowsAllAreNearest() {
        GroundTruth truth = GroundTruth.compute(random(Metric.EUCLIDEAN, 12, 3).holdOut(2, 1));

        assertThat(truth.nearest(0)).hasSize(10);
        assertThat(truth.recall(0, new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 20))
                .isEqualTo(1);
    }

    @Test
    void recallIsTheShareOfTheKNearest() {
        GroundTruth truth = GroundTruth.compute(random(Metric.EUCLIDEAN, 300, 5).holdOut(1, 1));
        int[] nearest = truth.nearest(0);

        assertThat(truth.recall(0, new int[] {nearest[3], nearest[0], nearest[50], nearest[4]}, 4))
                .isEqualTo(0.5);
        assertThat(truth.recall(0, new int[0], 4)).isZero();
    }

    @Test
    void equalDistancesCountHoweverTheirSumsAreRounded() {
        SplittableRandom random = new SplittableRandom(1);
        float[] query = new float[100];
        Arrays.fill(query, 4095);
        // One vector in many orders of its coordinates.
        List<Integer> values = random.ints(100, 1, 4096).boxed().collect(Collectors.toCollection(ArrayList::new));
        float[][] base = new float[50][100];
        for (float[] row : base) {
            Collections.shuffle(values, new Random(random.nextLong()));
            for (int i = 0; i < row.length; i++) {
                row[i] = values.get(i);
            }
        }
        GroundTruth truth =
                GroundTruth.compute(new Workload(new Dataset("d", Metric.DOT, base), new float[][] {query}, 1));

        for (int row = 0; row < base.length; row++) {
            assertThat(truth.recall(0, new int[] {row}, 1)).as("row %d", row).isEqualTo(1);
        }
    }

    @Test
    void equalDistancesCountWhicheverRowIsFound() {
        float[][] base = {{1, 0}, {0, 1}, {0, 1}, {0, 1}};
        Workload workload = new Workload(new Dataset("d", Metric.EUCLIDEAN, base), new float[][] {{0, 0.9f}}, 1);
        GroundTruth truth = GroundTruth.compute(workload);

        assertThat(truth.nearest(0)).startsWith(1, 2, 3);
        assertThat(truth.recall(0, new int[] {3}, 1)).isEqualTo(1);
        assertThat(truth.recall(0, new int[] {0}, 1)).isZero();
    }

    @Test
    void refusesRepeatedRowsAndTooMany() {
        GroundTruth truth = GroundTruth.compute(random(Metric.EUCLIDEAN, 50, 5).holdOut(1, 1));

        assertThatThrownBy(() -> truth.recall(0, new int[] {1, 1}, 2)).hasMessageContaining("[1, 1]");
        assertThatThrownBy(() -> truth.recall(0, new int[] {1, 2, 3}, 2)).hasMessageContaining("2 distinct");
    }

    @Test
    void theCacheGivesBackWhatWasComputed() throws IOException {
        Workload workload = random(Metric.COSINE, 200, 8).holdOut(20, 1);
        Cache cache = new Cache(folder);

        GroundTruth first = GroundTruth.of(workload, cache);
        GroundTruth second = GroundTruth.of(workload, cache);

        for (int query = 0; query < 20; query++) {
            assertThat(second.nearest(query)).isEqualTo(first.nearest(query)).isEqualTo(sorted(workload, query));
        }
        try (Stream<Path> files = Files.list(folder.resolve("truths"))) {
            assertThat(files).hasSize(1);
        }
    }

    private static int[] sorted(Workload workload, int query) {
        Dataset base = workload.base();
        return IntStream.range(0, base.count())
                .boxed()
                .sorted(Comparator.comparingDouble((Integer row) ->
                        Distances.distance(base.metric(), workload.queries()[query], base.vectors()[row])))
                .limit(GroundTruth.DEPTH)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static Dataset random(Metric metric, int count, int dimension) {
        SplittableRandom random = new SplittableRandom(7);
        float[][] vectors = new float[count][dimension];
        for (float[] vector : vectors) {
            for (int d = 0; d < dimension; d++) {
                vector[d] = (float) random.nextGaussian();
            }
        }
        return Dataset.ofRaw("random", metric, vectors);
    }
}
