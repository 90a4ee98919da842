package io.voronode.engine.clustering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.voronode.engine.Data;
import io.voronode.engine.simd.Distances;
import io.voronode.engine.simd.Metric;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CalibrationRunTest {

    private static final int DIMENSION = 8;

    private final float[][] rows = Data.gaussian(new SplittableRandom(3), 2_000, DIMENSION);
    private final CellMap map =
            CellTrainer.train(rows, new CellTraining(Metric.EUCLIDEAN, DIMENSION, 40, 1, 3, 1), () -> false);
    private final int[] cells = Arrays.stream(rows).mapToInt(map::nearestCell).toArray();

    /** What scanning the nearest cells finds of the neighbours of a row, but for itself. */
    private double recall(int row, int k, int probes) {
        int[] ranked = Arrays.copyOf(map.rank(rows[row], probes).cells(), probes);
        return IntStream.range(0, rows.length)
                        .filter(other -> other != row)
                        .boxed()
                        .sorted(Comparator.comparingDouble(other -> distance(row, other)))
                        .limit(k)
                        .filter(other -> Arrays.stream(ranked).anyMatch(cell -> cell == cells[other]))
                        .count()
                / (double) k;
    }

    private float distance(int row, int other) {
        return Distances.distance(Metric.EUCLIDEAN, rows[row], rows[other]);
    }

    @Test
    void measuresTheRecallThatSearchesForTheRowsHaveWithoutFindingThemselves() {
        ProbeCalibration calibration =
                new CalibrationRun<>(new Exact(row -> true), map, rows.length).run(queries(60), () -> false);
        for (int k : new int[] {1, 10, 100}) {
            ProbeRule rule = calibration.rule(k, 0.9);
            int number = k;
            double recall = IntStream.range(0, 60)
                    .filter(row -> IntStream.of(CalibrationPlan.classes(row, 60, rows.length))
                            .anyMatch(own -> own == number))
                    .mapToDouble(row -> recall(
                            row,
                            k,
                            rule.probes(map.rank(rows[row], map.cellCount()).distances())))
                    .average()
                    .orElseThrow();
            // The curve is read between two of its points.
            assertThat(calibration.recall(k, rule)).isCloseTo(recall, within(0.003));
        }
    }

    @Test
    void whatIsNoRowMayFindAnyRow() {
        List<CalibrationRun.Row<Integer>> copies = IntStream.range(0, 60)
                .mapToObj(row -> new CalibrationRun.Row<Integer>(null, rows[row]))
                .toList();
        ProbeCalibration calibration =
                new CalibrationRun<>(new Exact(row -> true), map, rows.length).run(copies, () -> false);
        // The nearest of a copy is its row, in the nearest cell.
        assertThat(calibration.recall(1, new ProbeRule(0, 1))).isEqualTo(1);
        assertThat(calibration.recall(10, new ProbeRule(0, 1))).isLessThan(0.9);
    }

    @Test
    void countsNeighboursThatUsualSearchesLoseAsMissed() {
        ProbeCalibration calibration =
                new CalibrationRun<>(new Exact(row -> row % 4 != 0), map, rows.length).run(queries(60), () -> false);
        assertThat(calibration.recall(100, calibration.rule(100, 0.999))).isBetween(0.7, 0.8);
    }

    @Test
    void endsWhenCancelled() {
        CalibrationRun<Integer> run = new CalibrationRun<>(new Exact(row -> true), map, rows.length);
        assertThatThrownBy(() -> run.run(queries(60), () -> true)).isInstanceOf(CancellationException.class);
    }

    @Test
    void cannotCalibrateWithoutRows() {
        CalibrationRun<Integer> run = new CalibrationRun<>(new Exact(row -> true), map, rows.length);
        assertThatThrownBy(() -> run.run(List.of(), () -> false)).hasMessage("no query to calibrate by");
    }

    private List<CalibrationRun.Row<Integer>> queries(int count) {
        return IntStream.range(0, count)
                .mapToObj(row -> new CalibrationRun.Row<>(row, rows[row]))
                .toList();
    }

    /** Compares every row of the cells. */
    private final class Exact implements CalibratedIndex<Integer> {
        private final IntPredicate found;

        /** Usual searches find only these rows. */
        Exact(IntPredicate found) {
            this.found = found;
        }

        @Override
        public List<List<Hit<Integer>>> search(List<Scan> scans, Accuracy accuracy) {
            return scans.stream().map(scan -> hits(scan, accuracy)).toList();
        }

        private List<Hit<Integer>> hits(Scan scan, Accuracy accuracy) {
            int[] scanned = Arrays.copyOf(scan.ranked().cells(), scan.cells());
            return IntStream.range(0, rows.length)
                    .filter(row -> accuracy == Accuracy.SURE || found.test(row))
                    .filter(row -> Arrays.stream(scanned).anyMatch(cell -> cell == cells[row]))
                    .mapToObj(row ->
                            new Hit<>(row, Distances.distance(Metric.EUCLIDEAN, scan.vector(), rows[row]), cells[row]))
                    .sorted(Comparator.comparingDouble(Hit::distance))
                    .limit(scan.k())
                    .toList();
        }
    }
}
