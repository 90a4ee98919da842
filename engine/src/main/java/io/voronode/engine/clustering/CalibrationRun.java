package io.voronode.engine.clustering;

import io.voronode.engine.clustering.CalibratedIndex.Accuracy;
import io.voronode.engine.clustering.CalibratedIndex.Hit;
import io.voronode.engine.clustering.CalibratedIndex.Scan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calibrates an index with rows of it that cells were not trained on, or with queries of users. Each is searched for over all cells, which
 * tells its true neighbours and their cells; and, for each k, as a user would, over just the cells that hold the k nearest, which tells those
 * that the index loses although it scans their cells. Owned by one thread; the index does the searching.
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
     * A row to search for, or a query of a user.
     *
     * @param key of the row, which does not count as a neighbour of its own; null for what is no row
     * @param vector normalised for COSINE; borrowed
     */
    @SuppressWarnings("ArrayRecordComponent") // a query, read and never compared
    public record Row<K>(@Nullable K key, float[] vector) {}

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
                some.add(new CalibrationQuery<>(queries.get(i), CalibrationPlan.classes(i, queries.size(), rows), map));
            }
            add(some);
        }
        return calibrator.fit(map.digest());
    }

    private void add(List<CalibrationQuery<K>> queries) {
        search(queries, CalibrationQuery::overAllCells, Accuracy.SURE, CalibrationQuery::setNeighbours);
        queries.stream()
                .flatMapToInt(query -> Arrays.stream(query.classes()))
                .distinct()
                .forEach(k -> add(queries, k));
    }

    private void add(List<CalibrationQuery<K>> queries, int k) {
        search(
                queries.stream().filter(query -> query.has(k)).toList(),
                query -> query.asUsual(k),
                Accuracy.USUAL,
                (query, hits) -> calibrator.add(query.distances(), k, query.ranks(k, hits)));
    }

    private void search(
            List<CalibrationQuery<K>> queries,
            Function<CalibrationQuery<K>, Scan> scan,
            Accuracy accuracy,
            BiConsumer<CalibrationQuery<K>, List<Hit<K>>> taker) {
        List<List<Hit<K>>> hits = index.search(queries.stream().map(scan).toList(), accuracy);
        for (int i = 0; i < queries.size(); i++) {
            taker.accept(queries.get(i), hits.get(i));
        }
    }
}
