package io.voronode.engine.clustering;

import java.util.Arrays;

/**
 * The nearest centroids of a query. All centroids are scored; the least scores of many small groups give a limit that
 * the wanted ones, and few others, stay under; those are compared by true distances and sorted. Owned by one thread,
 * which {@link #ofThread} finds again: a ranking leaves no garbage but its result.
 */
final class CellRanking {

    private static final ThreadLocal<CellRanking> OF_THREAD = ThreadLocal.withInitial(CellRanking::new);

    private float[] row = {};
    private float[] scores = {};
    private float[] minima = {};
    private int[] candidates = {};
    private long[] keys = {};

    private CellRanking() {}

    static CellRanking ofThread() {
        return OF_THREAD.get();
    }

    /** The n nearest, n at most the number of centroids. */
    RankedCells rank(CentroidTable table, float[] point, int n) {
        fit(table);
        double norm = table.center(point, row, 0, 1);
        table.scores(row, scores);
        int count = table.count();
        int found = collect(count, limit(count, n) + table.tolerance(norm));
        return nearest(table, point, found, n);
    }

    private void fit(CentroidTable table) {
        if (row.length != table.coordinates()) {
            row = new float[table.coordinates()];
        }
        if (scores.length < table.lanes()) {
            scores = new float[table.lanes()];
            minima = new float[table.lanes()];
            candidates = new int[table.lanes()];
            keys = new long[table.lanes()];
        }
    }

    /**
     * A score that at least n centroids do not exceed, and not many more: the n-th of the least scores of 2n groups. The
     * n nearest seldom share a group when groups are twice as many, so it is close to the n-th score of all.
     */
    private float limit(int count, int n) {
        int groups = 2 * n;
        if (groups > count / 2) {
            return Float.POSITIVE_INFINITY;
        }
        System.arraycopy(scores, 0, minima, 0, groups);
        for (int from = groups; from < count; from += groups) {
            lower(minima, scores, from, Math.min(groups, count - from));
        }
        Arrays.sort(minima, 0, groups); // with the JDK's AVX-512 twice as fast as a quickselect
        return minima[n - 1];
    }

    private static void lower(float[] minima, float[] scores, int from, int length) {
        for (int i = 0; i < length; i++) {
            minima[i] = Math.min(minima[i], scores[from + i]);
        }
    }

    /** Without a branch, which would be mispredicted at every candidate. Scores that overflowed are candidates too. */
    private int collect(int count, float limit) {
        int found = 0;
        for (int cell = 0; cell < count; cell++) {
            candidates[found] = cell;
            found += scores[cell] > limit ? 0 : 1;
        }
        return found;
    }

    private RankedCells nearest(CentroidTable table, float[] point, int found, int n) {
        for (int i = 0; i < found; i++) {
            int cell = candidates[i];
            // Squared distances are never negative, so their bits order as they do; the cell breaks ties.
            keys[i] = (long) Float.floatToIntBits(table.distance(point, cell)) << 32 | cell;
        }
        Arrays.sort(keys, 0, found);
        int[] cells = new int[n];
        float[] distances = new float[n];
        for (int i = 0; i < n; i++) {
            cells[i] = (int) keys[i];
            distances[i] = Float.intBitsToFloat((int) (keys[i] >>> 32));
        }
        return new RankedCells(cells, distances);
    }
}
