package io.voronode.coordinator.gather;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.ProbeResult;
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

    @Test
    void aShardThatIsAskedOnceMoreAndDoesNotAnswerIsNotCovered() {
        float[][] sample = IntStream.range(0, 400).mapToObj(row -> vector()).toArray(float[][]::new);
        CellMap map = CellTrainer.train(sample, new CellTraining(Metric.EUCLIDEAN, DIMENSION, 8, 2, 1, 2), () -> false);
        assertThat(map.shardCount()).isEqualTo(2);
        QueryScan scan = new QueryScan(vector(), map, 10, 100);
        scan.rank(new ProbePlan.Fixed(8, true, false));
        ProbeResult all = ProbeResult.newBuilder().setExactFiltered(true).build();
        scan.wave().forEach(probe -> scan.take(probe, all, "n"));
        assertThat(scan.coverage().getShare()).isEqualTo(1);

        List<Probe> again = scan.again(20);
        assertThat(again).extracting(Probe::shard).containsExactly(0, 1);
        scan.missing(0, new Missing("node n is away", null));
        scan.take(again.get(1), all, "n");

        assertThat(scan.coverage().getShare()).isLessThan(1).isEqualTo(scan.share());
        assertThat(scan.coverage().getReasonsList()).containsExactly("shard 0: node n is away");
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
