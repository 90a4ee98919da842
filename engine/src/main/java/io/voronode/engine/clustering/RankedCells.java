package io.voronode.engine.clustering;

import java.util.Arrays;

/**
 * Cells by ascending squared distance of their centroid from a query, equal distances by cell number.
 *
 * @param cells owned by the caller
 * @param distances of the cells, same length
 */
@SuppressWarnings("ArrayRecordComponent") // a result handed over once and iterated by index; never compared
public record RankedCells(int[] cells, float[] distances) {

    public int size() {
        return cells.length;
    }

    /** The first n of them. */
    public RankedCells nearest(int n) {
        return n == size() ? this : new RankedCells(Arrays.copyOf(cells, n), Arrays.copyOf(distances, n));
    }
}
