package io.voronode.benchmarks.data;

/** The few nearest of the rows that it was offered in ascending order, kept sorted. Owned by one thread. */
final class NearestRows {

    private final int[] rows;
    private final float[] distances;
    private int size;

    NearestRows(int limit) {
        this.rows = new int[limit];
        this.distances = new float[limit];
    }

    void offer(int row, float distance) {
        if (size == rows.length && !(distance < distances[size - 1])) {
            return;
        }
        int at = size < rows.length ? size++ : size - 1;
        for (; at > 0 && distance < distances[at - 1]; at--) {
            rows[at] = rows[at - 1];
            distances[at] = distances[at - 1];
        }
        rows[at] = row;
        distances[at] = distance;
    }

    /** Nearest first, equal distances by row. */
    int[] rows() {
        return rows.clone();
    }
}
