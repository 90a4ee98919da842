package io.voronode.engine.clustering;

import io.voronode.engine.quantization.RabitqQuery;
import io.voronode.engine.simd.CentroidKernels;
import io.voronode.engine.simd.CodeKernels;
import io.voronode.engine.simd.VectorKernels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The nearest centroids of a query. The centroids of one or several tables are scored, or all are estimated by their codes; the least of
 * many small groups give a limit that the wanted ones, and few others, stay under; those are compared by true distances and sorted. Owned
 * by one thread, which {@link #ofThread} finds again: a ranking leaves no garbage but its result.
 */
final class CellRanking {

    private static final ThreadLocal<CellRanking> OF_THREAD = ThreadLocal.withInitial(CellRanking::new);

    /**
     * How much farther than the n-th a cell may seem by its code, and be looked at, in standard deviations. On word and sentence
     * embeddings one is enough to leave the recall of searches as it was; half a deviation is for data whose distances are all alike.
     */
    private static final float DEVIATIONS = 1.5f;

    private float[] row = {};
    private float[] scores = {};
    private float[] distances = {};
    private int[] cells = {};
    private float[] minima = {};
    private int[] candidates = {};
    private long[] keys = {};
    private final BucketSort sort = new BucketSort();
    private int size;
    private float tolerance;
    private @Nullable RabitqQuery query;
    private @Nullable CentroidCodes queryCodes;

    private CellRanking() {}

    /** An empty ranking. */
    static CellRanking ofThread() {
        CellRanking ranking = OF_THREAD.get();
        ranking.size = 0;
        ranking.tolerance = 0;
        return ranking;
    }

    /** Cells that have been added. */
    int size() {
        return size;
    }

    /** Adds the centroids of a table; {@code numbers} says which cells they are of. */
    void add(CentroidTable table, int[] numbers, float[] point) {
        fit(table);
        double norm = table.center(point, row);
        table.scores(row, scores);
        float square = (float) (norm * norm);
        for (int i = 0; i < numbers.length; i++) {
            distances[size + i] = scores[i] + square;
        }
        System.arraycopy(numbers, 0, cells, size, numbers.length);
        size += numbers.length;
        tolerance = Math.max(tolerance, table.tolerance(norm));
    }

    /** Adds all cells, by what the codes of their centroids say. */
    void add(CentroidCodes codes, float[] point) {
        fit(Math.ceilDiv(codes.count(), CodeKernels.LANES) * CodeKernels.LANES);
        RabitqQuery asked = queryFor(codes);
        asked.set(point);
        codes.estimates(asked, distances);
        size = codes.count();
        for (int cell = 0; cell < size; cell++) {
            cells[cell] = cell;
        }
        tolerance = DEVIATIONS * codes.deviation(asked, codes.distance(point));
    }

    private RabitqQuery queryFor(CentroidCodes codes) {
        RabitqQuery kept = query;
        if (kept == null || queryCodes != codes) {
            kept = codes.newQuery();
            query = kept;
            queryCodes = codes;
        }
        return kept;
    }

    private void fit(CentroidTable table) {
        if (row.length != table.coordinates()) {
            row = new float[table.coordinates()];
        }
        if (scores.length < table.lanes()) {
            scores = new float[table.lanes()];
        }
        fit(size + table.count());
    }

    private void fit(int needed) {
        if (distances.length < needed) {
            int room = Math.max(needed, 2 * distances.length);
            distances = Arrays.copyOf(distances, room);
            cells = Arrays.copyOf(cells, room);
            minima = new float[room];
            candidates = new int[room];
            keys = new long[room];
        }
    }

    /**
     * The n nearest of the cells added, n at most their number.
     *
     * @param centroids of all cells
     */
    RankedCells nearest(float[][] centroids, float[] point, int n) {
        int found = CentroidKernels.best().notAbove(distances, size, limit(n) + tolerance, candidates);
        for (int i = 0; i < found; i++) {
            int cell = cells[candidates[i]];
            float distance = VectorKernels.best().squaredDistance(point, centroids[cell]);
            // Squared distances are never negative, so their bits order as they do; the cell breaks ties.
            keys[i] = (long) Float.floatToIntBits(distance) << 32 | cell;
        }
        return firstOf(sort.sort(keys, found), n);
    }

    /**
     * A distance that at least n cells do not exceed, and not many more: the n-th of the least of 2n groups. The n
     * nearest seldom share a group when groups are twice as many, so it is close to the n-th of all.
     */
    private float limit(int n) {
        int groups = 2 * n;
        if (groups > size / 2) {
            return Float.POSITIVE_INFINITY;
        }
        System.arraycopy(distances, 0, minima, 0, groups);
        for (int from = groups; from < size; from += groups) {
            lower(minima, distances, from, Math.min(groups, size - from));
        }
        Arrays.sort(minima, 0, groups); // with the JDK's AVX-512 twice as fast as a quickselect
        return minima[n - 1];
    }

    private static void lower(float[] minima, float[] distances, int from, int length) {
        for (int i = 0; i < length; i++) {
            minima[i] = Math.min(minima[i], distances[from + i]);
        }
    }

    private static RankedCells firstOf(long[] sorted, int n) {
        int[] nearest = new int[n];
        float[] distancesOfNearest = new float[n];
        for (int i = 0; i < n; i++) {
            nearest[i] = (int) sorted[i];
            distancesOfNearest[i] = Float.intBitsToFloat((int) (sorted[i] >>> 32));
        }
        return new RankedCells(nearest, distancesOfNearest);
    }
}
