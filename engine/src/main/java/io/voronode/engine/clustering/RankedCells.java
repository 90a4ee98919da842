package io.voronode.engine.clustering;

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

    /** The n nearest of all cells by their distances (the first {@code cellCount} of {@code distances}). */
    static RankedCells select(float[] distances, int cellCount, int n) {
        long[] keys = new long[cellCount];
        for (int cell = 0; cell < cellCount; cell++) {
            // Squared distances are never negative, so their bits order as they do; the cell breaks ties.
            keys[cell] = (long) Float.floatToIntBits(distances[cell]) << 32 | cell;
        }
        LongSelection.sortSmallest(keys, n);
        int[] cells = new int[n];
        float[] selected = new float[n];
        for (int i = 0; i < n; i++) {
            cells[i] = (int) keys[i];
            selected[i] = distances[cells[i]];
        }
        return new RankedCells(cells, selected);
    }
}
