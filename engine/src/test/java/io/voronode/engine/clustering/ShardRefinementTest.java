package io.voronode.engine.clustering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class ShardRefinementTest {

    /** A random grouping, and queries that probe runs of neighbouring cells. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Problem(int[] shards, int[] sizes, int[][] cellsOfQuery, int shardCount) {
        static Problem random(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            int cellCount = random.nextInt(2, 200);
            int shardCount = random.nextInt(2, Math.min(cellCount, 20) + 1);
            int[] shards = IntStream.range(0, cellCount)
                    .map(cell -> cell < shardCount ? cell : random.nextInt(shardCount))
                    .toArray();
            int[] sizes = IntStream.range(0, cellCount)
                    .map(cell -> random.nextInt(1, 500))
                    .toArray();
            int[][] queries = IntStream.range(0, random.nextInt(1, 400))
                    .mapToObj(query -> run(random, cellCount))
                    .toArray(int[][]::new);
            return new Problem(shards, sizes, queries, shardCount);
        }

        private static int[] run(SplittableRandom random, int cellCount) {
            int first = random.nextInt(cellCount);
            return IntStream.range(first, Math.min(cellCount, first + random.nextInt(1, 30)))
                    .toArray();
        }

        int[] refined(long seed) {
            try (Workers workers = new Workers(1, () -> false)) {
                return ShardRefinement.refine(shards, sizes, cellsOfQuery, capacity(), seed, workers);
            }
        }

        double capacity() {
            return ShardGrouping.capacity(sizes, shardCount);
        }

        long touched(int[] shardOfCell) {
            return Arrays.stream(cellsOfQuery)
                    .mapToLong(cells -> Arrays.stream(cells)
                            .map(cell -> shardOfCell[cell])
                            .distinct()
                            .count())
                    .sum();
        }

        /** Shards touched, and four times what shards have of them above 1.3 times the mean. */
        double cost(int[] shardOfCell) {
            long[] touched = touchedOfShards(shardOfCell);
            double most = 1.3 * touched(shardOfCell) / shardCount;
            return touched(shardOfCell)
                    + 4
                            * Arrays.stream(touched)
                                    .mapToDouble(t -> Math.max(0, t - most))
                                    .sum();
        }

        /** The queries of the heaviest shard, by the mean. */
        double heaviest(int[] shardOfCell) {
            return Arrays.stream(touchedOfShards(shardOfCell)).max().orElseThrow()
                    * (double) shardCount
                    / touched(shardOfCell);
        }

        long[] touchedOfShards(int[] shardOfCell) {
            long[] touched = new long[shardCount];
            for (int[] cells : cellsOfQuery) {
                Arrays.stream(cells).map(cell -> shardOfCell[cell]).distinct().forEach(shard -> touched[shard]++);
            }
            return touched;
        }

        long[] rows(int[] shardOfCell) {
            long[] rows = new long[shardCount];
            for (int cell = 0; cell < sizes.length; cell++) {
                rows[shardOfCell[cell]] += sizes[cell];
            }
            return rows;
        }
    }

    @RepeatedTest(40)
    void refinedShardsCostNoMoreKeepTheCapAndAreNeverEmpty(RepetitionInfo repetition) {
        Problem problem = Problem.random(repetition.getCurrentRepetition());
        int[] refined = problem.refined(7);
        long[] before = problem.rows(problem.shards);
        long[] after = problem.rows(refined);
        assertThat(problem.cost(refined)).isLessThanOrEqualTo(problem.cost(problem.shards));
        assertThat(Arrays.stream(refined).distinct().count()).isEqualTo(problem.shardCount);
        for (int shard = 0; shard < after.length; shard++) {
            assertThat((double) after[shard])
                    .as("rows of shard %d, %d before", shard, before[shard])
                    .isLessThanOrEqualTo(Math.max(problem.capacity(), (double) before[shard]));
        }
    }

    @Test
    void oneSeedGivesOneGrouping() {
        Problem problem = Problem.random(3);
        assertThat(problem.refined(5)).isEqualTo(problem.refined(5));
    }

    @Test
    void cellsProbedTogetherComeTogether() {
        int[] shards = IntStream.range(0, 64).map(cell -> cell % 4).toArray();
        int[] sizes = new int[64];
        Arrays.fill(sizes, 10);
        int[][] queries = IntStream.range(0, 256)
                .mapToObj(query ->
                        IntStream.range(query % 4 * 16, query % 4 * 16 + 16).toArray())
                .toArray(int[][]::new);
        Problem problem = new Problem(shards, sizes, queries, 4);
        assertThat(problem.touched(problem.refined(1))).isEqualTo(256);
    }

    /** Three of four queries probe a cell of the first shard, all of them one of another. */
    @Test
    void noShardIsLeftWithMostOfTheQueries() {
        int[] shards = IntStream.range(0, 64).map(cell -> cell / 16).toArray();
        int[] sizes = new int[64];
        Arrays.fill(sizes, 10);
        SplittableRandom random = new SplittableRandom(5);
        int[][] queries = IntStream.range(0, 512)
                .mapToObj(query -> query % 4 == 0
                        ? new int[] {random.nextInt(16, 64)}
                        : new int[] {random.nextInt(16), random.nextInt(16, 64)})
                .toArray(int[][]::new);
        Problem problem = new Problem(shards, sizes, queries, 4);
        assertThat(problem.heaviest(shards)).isGreaterThan(1.6);
        assertThat(problem.heaviest(problem.refined(1))).isLessThan(1.35);
    }

    @Test
    void gainIsWhatAMoveChanges() {
        for (long seed = 1; seed <= 20; seed++) {
            Problem problem = Problem.random(seed);
            CoProbes probes = new CoProbes(problem.cellsOfQuery, problem.shards.clone(), problem.shardCount);
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < 50; i++) {
                int cell = random.nextInt(problem.shards.length);
                int to = random.nextInt(problem.shardCount);
                long before = problem.touched(probes.shards());
                int gain = to == probes.shardOf(cell) ? 0 : probes.leaving(cell) - probes.joining(cell, to);
                probes.move(cell, to);
                assertThat(before - problem.touched(probes.shards())).isEqualTo(gain);
                assertThat(probes.touched()).isEqualTo(problem.touched(probes.shards()));
                long[] touched = problem.touchedOfShards(probes.shards());
                for (int shard = 0; shard < problem.shardCount; shard++) {
                    assertThat(probes.touchedOf(shard)).isEqualTo((int) touched[shard]);
                }
            }
        }
    }

    @Test
    void cancellationEndsIt() {
        Problem problem = Problem.random(9);
        try (Workers workers = new Workers(1, () -> true)) {
            assertThatThrownBy(() -> ShardRefinement.refine(
                            problem.shards, problem.sizes, problem.cellsOfQuery, problem.capacity(), 1, workers))
                    .isInstanceOf(CancellationException.class);
        }
    }
}
