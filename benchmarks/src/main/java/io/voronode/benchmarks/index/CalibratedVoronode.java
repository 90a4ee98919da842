package io.voronode.benchmarks.index;

import io.voronode.benchmarks.data.Dataset;
import io.voronode.benchmarks.meter.CpuTimer;
import io.voronode.engine.clustering.CalibratedProbes;
import io.voronode.engine.clustering.CalibrationPlan;
import io.voronode.engine.clustering.CalibrationRun;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.engine.clustering.RankedCells;
import io.voronode.engine.search.ShardSearcher;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * An index of Voronode that is searched by the recall wanted, as a coordinator does: calibrated by the same run over the
 * same kind of held-out rows, cells chosen by the same rule. Effort is the wanted recall in thousandths.
 */
public final class CalibratedVoronode implements MeasuredIndex {

    /** One row in so many is held out of training. */
    private static final int HELD_OUT_ONE_IN = 8;

    private static final int MAX_EFFORT = 999;

    private final VoronodeIndex index;
    private final ProbeCalibration calibration;
    private final double calibrationCpuSeconds;
    private final Map<Integer, CalibratedProbes> plans = new HashMap<>();

    private CalibratedVoronode(VoronodeIndex index, ProbeCalibration calibration, double calibrationCpuSeconds) {
        this.index = index;
        this.calibration = calibration;
        this.calibrationCpuSeconds = calibrationCpuSeconds;
    }

    /** The rows that cells may be trained on. */
    public static Dataset trainingRows(Dataset base) {
        return new Dataset(
                base.name(),
                base.metric(),
                IntStream.range(0, base.count())
                        .filter(row -> !isHeldOut(row))
                        .mapToObj(row -> base.vectors()[row])
                        .toArray(float[][]::new));
    }

    private static boolean isHeldOut(int row) {
        return row % HELD_OUT_ONE_IN == 0;
    }

    /** Calibrates an index over all rows of the base, whose cells were trained on {@link #trainingRows} alone. */
    public static CalibratedVoronode calibrate(VoronodeIndex index, Dataset base, IndexKind kind) {
        double before = CpuTimer.processSeconds();
        ProbeCalibration calibration = calibration(index.searcher(), index::rowOf, index.map(), base, kind);
        return new CalibratedVoronode(index, calibration, CpuTimer.processSeconds() - before);
    }

    /**
     * The calibration of an index.
     *
     * @param rowOf the row of the base that a document was made of
     */
    static ProbeCalibration calibration(
            ShardSearcher searcher, IntUnaryOperator rowOf, CellMap map, Dataset base, IndexKind kind) {
        int wanted = CalibrationPlan.queries(base.count(), base.dimension(), kind == IndexKind.IVF_RABITQ);
        List<CalibrationRun.Row<Integer>> queries = heldOut(base, wanted).stream()
                .map(row -> new CalibrationRun.Row<>(row, base.vectors()[row]))
                .toList();
        return new CalibrationRun<>(new CalibrationScans(searcher, rowOf), map, base.count()).run(queries, () -> false);
    }

    /** Held-out rows from all over the data set, whose order may mean something. */
    private static List<Integer> heldOut(Dataset base, int wanted) {
        int available = Math.ceilDiv(base.count(), HELD_OUT_ONE_IN);
        int count = Math.min(wanted, available);
        return IntStream.range(0, count)
                .mapToObj(i -> HELD_OUT_ONE_IN * (int) ((long) i * available / count))
                .toList();
    }

    /** Processor time of all that calibrating took. */
    public double calibrationCpuSeconds() {
        return calibrationCpuSeconds;
    }

    /** The cells that a query scans, nearest first. */
    public RankedCells cells(float[] query, int k, int effort) {
        return plans.computeIfAbsent(effort, thousandths -> calibration.probes(k, thousandths / 1e3))
                .cells(index.map(), query);
    }

    @Override
    public IndexFacts facts() {
        IndexFacts facts = index.facts();
        return new IndexFacts(
                facts.engine(),
                facts.kind(),
                facts.setting(),
                "target",
                MAX_EFFORT,
                facts.buildCpuSeconds() + calibrationCpuSeconds,
                facts.scanBytesPerVector(),
                facts.indexBytes());
    }

    @Override
    public Found search(float[] query, int k, int effort) throws IOException {
        return index.search(query, k, cells(query, k, effort));
    }

    @Override
    public void close() throws IOException {
        index.close();
    }
}
