package io.voronode.engine.clustering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.voronode.engine.Data;
import io.voronode.engine.simd.Distances;
import io.voronode.engine.simd.Metric;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProbeCalibratorTest {

    private static final int DIMENSION = 12;
    private static final int K = 10;

    /** The recall of a query has a spread of 0.2 here: three standard errors of the difference of two means of 500. */
    private static final double TOLERANCE = 0.04;

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {"EUCLIDEAN", "COSINE", "DOT"})
    void queriesThatWereNotCalibratedWithMeetTheTargetOnAverage(Metric metric) {
        Searched searched = new Searched(metric);
        ProbeCalibration calibration = searched.calibration();
        for (double target : new double[] {0.8, 0.9, 0.95, 0.99}) {
            ProbeRule rule = calibration.rule(K, target);
            double achieved = mean(searched.others, query -> query.recall(rule.probes(query.distances())));
            assertThat(achieved).as("target %s by %s", target, rule).isBetween(target - TOLERANCE, target + TOLERANCE);
            assertThat(calibration.recall(K, rule)).isBetween(target, target + TOLERANCE);
        }
    }

    @Test
    void findsAsMuchAsTheFixedNumberOfAsManyCells() {
        Searched searched = new Searched(Metric.EUCLIDEAN);
        ProbeCalibration calibration = searched.calibration();
        for (double target : new double[] {0.8, 0.9, 0.95, 0.99}) {
            ProbeRule rule = calibration.rule(K, target);
            double probes = mean(searched.others, query -> rule.probes(query.distances()));
            double recall = mean(searched.others, query -> query.recall(rule.probes(query.distances())));
            double fixed = mean(searched.others, query -> query.recall((int) Math.round(probes)));
            assertThat(recall).isGreaterThan(fixed - 0.01);
            assertThat(calibration.meanProbes(K, rule)).isCloseTo(probes, withinPercentage(10));
        }
    }

    @Test
    void neighboursThatAreLostKeepTheRecallBelowOne() {
        ProbeCalibrator calibrator = new ProbeCalibrator();
        calibrator.add(new float[] {1, 2, 3}, 2, new int[] {1, ProbeCalibrator.LOST});
        ProbeCalibration calibration = calibrator.fit("00".repeat(32));
        assertThat(calibration.recall(2, calibration.rule(2, 0.99))).isEqualTo(0.5);
    }

    @Test
    void cannotFitWithoutQueries() {
        assertThatThrownBy(() -> new ProbeCalibrator().fit("00".repeat(32))).hasMessage("no query to calibrate by");
    }

    /** A query whose neighbours are known. */
    @SuppressWarnings("ArrayRecordComponent") // read once
    private record Query(float[] distances, int[] ranks) {
        double recall(int probes) {
            return Arrays.stream(ranks).filter(rank -> rank < probes).count() / (double) ranks.length;
        }
    }

    private static double mean(List<Query> queries, ToDoubleFunction<Query> figure) {
        return queries.stream().mapToDouble(figure).average().orElseThrow();
    }

    /** Vectors in cells, and queries that are as the rows but none of them. */
    private static final class Searched {
        private final Metric metric;
        private final float[][] rows;
        private final CellMap map;
        private final int[] cells;
        final List<Query> calibrating;
        final List<Query> others;

        Searched(Metric metric) {
            this.metric = metric;
            float[][] all = Data.stored(metric, Data.gaussian(new SplittableRandom(7), 5_000, DIMENSION));
            rows = Arrays.copyOfRange(all, 1_000, all.length);
            map = CellTrainer.train(rows, new CellTraining(metric, DIMENSION, 64, 1, 3, 1), () -> false);
            cells = Arrays.stream(rows).mapToInt(map::nearestCell).toArray();
            calibrating = Arrays.stream(all, 0, 500).map(this::query).toList();
            others = Arrays.stream(all, 500, 1_000).map(this::query).toList();
        }

        ProbeCalibration calibration() {
            ProbeCalibrator calibrator = new ProbeCalibrator();
            calibrating.forEach(query -> calibrator.add(query.distances(), K, query.ranks()));
            return calibrator.fit(map.digest());
        }

        private Query query(float[] vector) {
            RankedCells ranked = map.rank(vector, map.cellCount());
            int[] rankOfCell = new int[map.cellCount()];
            for (int rank = 0; rank < ranked.size(); rank++) {
                rankOfCell[ranked.cells()[rank]] = rank;
            }
            float[] distances = new float[rows.length];
            for (int row = 0; row < rows.length; row++) {
                distances[row] = Distances.distance(metric, vector, rows[row]);
            }
            float[] ascending = distances.clone();
            Arrays.sort(ascending);
            int[] ranks = IntStream.range(0, rows.length)
                    .filter(row -> distances[row] <= ascending[K - 1])
                    .map(row -> rankOfCell[cells[row]])
                    .toArray();
            return new Query(ranked.distances(), ranks);
        }
    }
}
