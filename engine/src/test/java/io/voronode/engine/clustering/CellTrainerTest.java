package io.voronode.engine.clustering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.voronode.engine.Data;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.VectorKernels;
import io.voronode.engine.simd.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CellTrainerTest {

    private static final int DIMENSION = 24;

    @ParameterizedTest
    @EnumSource
    void everySampleVectorIsInItsNearestCellAndNoCellIsEmpty(Metric metric) {
        for (long seed = 1; seed <= 5; seed++) {
            float[][] sample = sample(metric, seed, 2_000);
            CellMap map = train(sample, spec(metric, 31, 4, seed, 2));
            int[] sizes = new int[map.cellCount()];
            for (float[] vector : sample) {
                int cell = map.nearestCell(vector);
                sizes[cell]++;
                assertNearest(map, vector, cell, seed);
            }
            assertThat(map.cellCount()).as("seed %d", seed).isEqualTo(31);
            assertThat(sizes).as("seed %d", seed).doesNotContain(0);
            assertThat(imbalance(sizes)).as("seed %d", seed).isCloseTo(map.imbalance(), within(1e-3f));
        }
    }

    @ParameterizedTest
    @EnumSource
    void cellsAreBalanced(Metric metric) {
        for (long seed = 1; seed <= 5; seed++) {
            CellMap map = train(sample(metric, seed, 4_000), spec(metric, 40, 1, seed, 2));
            assertThat(map.imbalance()).as("seed %d", seed).isBetween(1f, 1.6f);
        }
    }

    @ParameterizedTest
    @EnumSource
    void centroidsDescribeTheSampleBetterThanRandomRows(Metric metric) {
        float[][] sample = sample(metric, 7, 3_000);
        CellMap trained = train(sample, spec(metric, 20, 1, 7, 2));
        double random = 0;
        double learned = 0;
        for (float[] vector : sample) {
            float[] point = trained.space().ofStored(vector);
            learned += trained.rank(vector, 1).distances()[0];
            float nearest = Float.POSITIVE_INFINITY;
            for (int i = 0; i < 20; i++) {
                nearest = Math.min(
                        nearest,
                        VectorKernels.best()
                                .squaredDistance(point, trained.space().ofStored(sample[i * 100])));
            }
            random += nearest;
        }
        if (metric != Metric.DOT) {
            assertThat(learned).isLessThan(0.95 * random);
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneSeedGivesOneMapWhateverTheThreads(Metric metric) {
        float[][] sample = sample(metric, 3, 1_500);
        CellMap alone = train(sample, spec(metric, 17, 3, 99, 1));
        CellMap together = train(sample, spec(metric, 17, 3, 99, 4));
        CellMap otherSeed = train(sample, spec(metric, 17, 3, 100, 1));
        assertThat(together.digest()).isEqualTo(alone.digest());
        assertThat(otherSeed.digest()).isNotEqualTo(alone.digest());
    }

    @Test
    void centroidsOfCosineLieOnTheSphere() {
        CellMap map = train(sample(Metric.COSINE, 5, 800), spec(Metric.COSINE, 9, 1, 5, 1));
        for (int cell = 0; cell < map.cellCount(); cell++) {
            assertThat(Vectors.norm(map.centroid(cell))).isCloseTo(1, within(1e-5));
        }
    }

    @ParameterizedTest
    @EnumSource
    void fewerDistinctVectorsThanCellsGiveFewerCells(Metric metric) {
        float[][] distinct = sample(metric, 11, 5);
        float[][] sample = new float[500][];
        Arrays.setAll(sample, i -> distinct[i % distinct.length].clone());
        CellMap map = train(sample, spec(metric, 64, 8, 11, 2));
        assertThat(map.cellCount()).isEqualTo(5);
        assertThat(map.shardCount()).isEqualTo(5);
        for (int cell = 0; cell < map.cellCount(); cell++) {
            assertThat(Vectors.firstNonFinite(map.centroid(cell))).isEqualTo(-1);
        }
    }

    @Test
    void opposedVectorsLeaveNoNanCentroid() {
        float[][] sample = {{1, 0}, {-1, 0}, {1, 0}, {-1, 0}};
        CellMap map = train(sample, new CellTraining(Metric.COSINE, 2, 1, 1, 1, 1));
        assertThat(map.cellCount()).isEqualTo(1);
        assertThat(Vectors.norm(map.centroid(0))).isEqualTo(1);
    }

    @Test
    void emptySampleGivesOneCell() {
        CellMap map = train(new float[0][], spec(Metric.EUCLIDEAN, 10, 2, 1, 1));
        assertThat(map.cellCount()).isEqualTo(1);
        assertThat(map.nearestCell(new float[DIMENSION])).isZero();
    }

    @Test
    void largeNumbersFarFromTheOriginKeepTheirCells() {
        SplittableRandom random = new SplittableRandom(4);
        float[][] sample = Data.clustered(random, 1_000, 8, 6);
        for (float[] vector : sample) {
            for (int d = 0; d < vector.length; d++) {
                vector[d] += 10_000;
            }
        }
        CellMap map = train(sample, new CellTraining(Metric.EUCLIDEAN, 8, 6, 1, 4, 1));
        int same = 0;
        for (float[] vector : sample) {
            same += map.nearestCell(vector) == bruteForceNearest(map, vector) ? 1 : 0;
        }
        assertThat(same).isEqualTo(sample.length);
    }

    @Test
    void shardsAreBalancedAndEveryCellHasOne() {
        for (long seed = 1; seed <= 5; seed++) {
            float[][] sample = sample(Metric.EUCLIDEAN, seed, 6_000);
            CellMap map = train(sample, spec(Metric.EUCLIDEAN, 120, 6, seed, 2));
            int[] rows = new int[map.shardCount()];
            for (float[] vector : sample) {
                rows[map.shardOf(map.nearestCell(vector))]++;
            }
            assertThat(map.shardCount()).isEqualTo(6);
            assertThat(Arrays.stream(rows).max().orElseThrow())
                    .as("rows by shard %s, seed %d", Arrays.toString(rows), seed)
                    .isLessThanOrEqualTo((int) (1.25 * 6_000 / 6));
            int cells = 0;
            for (int shard = 0; shard < 6; shard++) {
                for (int cell : map.cellsOf(shard)) {
                    assertThat(map.shardOf(cell)).isEqualTo(shard);
                    cells++;
                }
            }
            assertThat(cells).isEqualTo(map.cellCount());
        }
    }

    @Test
    void cellsProbedTogetherShareShards() {
        float[][] sample = sample(Metric.EUCLIDEAN, 21, 6_000);
        CellMap map = train(sample, spec(Metric.EUCLIDEAN, 120, 8, 21, 2));
        double touched = 0;
        for (int i = 0; i < 200; i++) {
            touched += Arrays.stream(map.rank(sample[i], 8).cells())
                    .map(map::shardOf)
                    .distinct()
                    .count();
        }
        // Cells put at random would touch 8·(1−(7/8)⁸) = 5.3 shards.
        assertThat(touched / 200).isLessThan(4);
    }

    @Test
    void cancellationEndsTheTraining() {
        float[][] sample = sample(Metric.EUCLIDEAN, 1, 2_000);
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(() -> CellTrainer.train(
                        sample, spec(Metric.EUCLIDEAN, 20, 1, 1, 2), () -> asked.incrementAndGet() > 50))
                .isInstanceOf(CancellationException.class);
    }

    @Test
    void tellsHowManyIterationsAreDoneAndWhenCellsAreGrouped() {
        List<String> told = new ArrayList<>();
        TrainingWatch watch = new TrainingWatch() {
            @Override
            public boolean cancelled() {
                return false;
            }

            @Override
            public void clustering(int done, int steps) {
                told.add(done + " of " + steps);
            }

            @Override
            public void grouping() {
                told.add("grouping");
            }
        };
        CellTrainer.train(sample(Metric.COSINE, 3, 3_000), spec(Metric.COSINE, 50, 2, 3, 2), watch);
        int iterations = KMeans.ITERATIONS;
        assertThat(told).startsWith("1 of " + iterations).endsWith(iterations + " of " + iterations, "grouping");
    }

    @Test
    void failureOnAnyThreadEndsTheTrainingAndIsThrown() {
        float[][] sample = sample(Metric.EUCLIDEAN, 1, 2_000);
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(() -> CellTrainer.train(sample, spec(Metric.EUCLIDEAN, 20, 1, 1, 3), () -> {
                    if (asked.incrementAndGet() == 40) {
                        throw new IllegalStateException("the supplier failed");
                    }
                    return false;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the supplier failed");
    }

    @Test
    void badSamplesAreNamedByTheirIndex() {
        float[][] wrongDimension = {new float[DIMENSION], new float[3]};
        assertThatThrownBy(() -> train(wrongDimension, spec(Metric.EUCLIDEAN, 2, 1, 1, 1)))
                .hasMessageContaining("dimension 3 != 24");
        float[][] zero = {Data.gaussian(new SplittableRandom(1), DIMENSION), new float[DIMENSION]};
        assertThatThrownBy(() -> train(zero, spec(Metric.COSINE, 2, 1, 1, 1))).hasMessageContaining("vector 1 is zero");
        zero[1][4] = Float.NaN;
        assertThatThrownBy(() -> train(zero, spec(Metric.EUCLIDEAN, 2, 1, 1, 1)))
                .hasMessageContaining("vector 1: coordinate 4 is NaN");
    }

    private static void assertNearest(CellMap map, float[] vector, int cell, long seed) {
        float[] point = map.space().ofStored(vector);
        float own = VectorKernels.best().squaredDistance(point, map.centroid(cell));
        for (int other = 0; other < map.cellCount(); other++) {
            float distance = VectorKernels.best().squaredDistance(point, map.centroid(other));
            assertThat(own).as("seed %d, cell %d and %d", seed, cell, other).isLessThanOrEqualTo(distance * 1.0001f);
        }
    }

    private static int bruteForceNearest(CellMap map, float[] vector) {
        int best = 0;
        for (int cell = 1; cell < map.cellCount(); cell++) {
            if (VectorKernels.best().squaredDistance(vector, map.centroid(cell))
                    < VectorKernels.best().squaredDistance(vector, map.centroid(best))) {
                best = cell;
            }
        }
        return best;
    }

    private static float imbalance(int[] sizes) {
        double sum = Arrays.stream(sizes).sum();
        double squares =
                Arrays.stream(sizes).mapToDouble(size -> (double) size * size).sum();
        return (float) (sizes.length * squares / (sum * sum));
    }

    private static float[][] sample(Metric metric, long seed, int count) {
        return Data.stored(metric, Data.clustered(new SplittableRandom(seed), count, DIMENSION, 25));
    }

    private static CellTraining spec(Metric metric, int cells, int shards, long seed, int threads) {
        return new CellTraining(metric, DIMENSION, cells, shards, seed, threads);
    }

    private static CellMap train(float[][] sample, CellTraining spec) {
        return CellTrainer.train(sample, spec, () -> false);
    }
}
