package io.voronode.engine.clustering;

import io.voronode.engine.clustering.CalibratedIndex.Accuracy;
import io.voronode.engine.clustering.CalibratedIndex.Hit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Calibrates an index with rows of it that cells were not trained on. Each is searched for by a search over all cells, which
 * tells its true neighbours, and then by one over the same cells in small groups, within the distance of the k-th, which
 * tells in which group each neighbour is found, or that the index loses it although its cell is scanned. Owned by one
 * thread; the index does the searching.
 *
 * @param <K> what rows are known by
 */
public final class CalibrationRun<K> {

    /** Cells of all searches of one call. */
    private static final int CELLS_AT_A_TIME = 1 << 16;

    private static final int MAX_SEARCHES_AT_A_TIME = 16;

    private final CalibratedIndex<K> index;
    private final CellMap map;
    private final long rows;
    private final ProbeCalibrator calibrator = new ProbeCalibrator();

    /**
     * A run over an index.
     *
     * @param rows in the index
     */
    public CalibrationRun(CalibratedIndex<K> index, CellMap map, long rows) {
        this.index = index;
        this.map = map;
        this.rows = rows;
    }

    /**
     * A row to search for.
     *
     * @param vector normalised for COSINE; borrowed
     */
    @SuppressWarnings("ArrayRecordComponent") // a query, read and never compared
    public record Row<K>(K key, float[] vector) {}

    /**
     * The calibration by these rows.
     *
     * @param cancelled asked between searches; true ends the run
     * @throws CancellationException if cancelled
     * @throws IllegalStateException if there is no row, or none has a neighbour
     */
    public ProbeCalibration run(List<Row<K>> queries, BooleanSupplier cancelled) {
        int step = Math.clamp(CELLS_AT_A_TIME / map.cellCount(), 1, MAX_SEARCHES_AT_A_TIME);
        for (int from = 0; from < queries.size(); from += step) {
            if (cancelled.getAsBoolean()) {
                throw new CancellationException("calibration is cancelled");
            }
            List<CalibrationQuery<K>> some = new ArrayList<>();
            for (int i = from; i < Math.min(queries.size(), from + step); i++) {
                some.add(new CalibrationQuery<>(queries.get(i), CalibrationPlan.classes(i, rows), map));
            }
            add(some);
        }
        return calibrator.fit(map.digest());
    }

    private void add(List<CalibrationQuery<K>> queries) {
        List<List<List<Hit<K>>>> hits = index.search(
                queries.stream().map(CalibrationQuery::overAllCells).toList(), Accuracy.SURE);
        for (int i = 0; i < queries.size(); i++) {
            queries.get(i).setNeighbours(hits.get(i).getFirst());
        }
        queries.stream()
                .flatMapToInt(query -> Arrays.stream(query.classes()))
                .distinct()
                .forEach(k -> add(queries, k));
    }

    private void add(List<CalibrationQuery<K>> queries, int k) {
        List<CalibrationQuery<K>> asked =
                queries.stream().filter(query -> query.has(k)).toList();
        List<List<List<Hit<K>>>> hits =
                index.search(asked.stream().map(query -> query.inGroups(k)).toList(), Accuracy.USUAL);
        for (int i = 0; i < asked.size(); i++) {
            CalibrationQuery<K> query = asked.get(i);
            calibrator.add(query.distances(), k, query.ranks(k, hits.get(i)));
        }
    }
}
