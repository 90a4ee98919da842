package io.voronode.coordinator.gather;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.simd.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QueryScanTest {
    private static final int DIMENSION = 32;
    /** So many are ranked by their codes, which miss some of the farthest wanted. */
    private static final int CELLS = 700;

    private final SplittableRandom random = new SplittableRandom(11);

    @Test
    void asASearchIsWidenedEveryCellIsSentOnce() {
        float[][] sample =
                IntStream.range(0, 4 * CELLS).mapToObj(row -> vector()).toArray(float[][]::new);
        CellMap map =
                CellTrainer.train(sample, new CellTraining(Metric.EUCLIDEAN, DIMENSION, CELLS, 3, 1, 2), () -> false);
        assertThat(map.cellCount()).isGreaterThan(600);
        for (int i = 0; i < 20; i++) {
            QueryScan scan = new QueryScan(vector(), map, 10, 0);
            scan.rank(new ProbePlan.Fixed(16, true, false));
            List<Integer> sent = new ArrayList<>(cells(scan.wave()));
            while (scan.wanted() < map.cellCount()) {
                scan.widen();
                sent.addAll(cells(scan.wave()));
            }
            assertThat(sent).doesNotHaveDuplicates().hasSize(map.cellCount());
        }
    }

    private float[] vector() {
        float[] vector = new float[DIMENSION];
        for (int d = 0; d < DIMENSION; d++) {
            vector[d] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static List<Integer> cells(List<Probe> probes) {
        return probes.stream()
                .flatMap(probe -> probe.toWire(0).getCellsList().stream())
                .toList();
    }
}
