package io.voronode.engine.clustering;

import io.voronode.engine.simd.CentroidKernels;
import java.util.Arrays;

/**
 * The nearest centroid of each row, a chunk of rows at a time. The rows are packed into tiles; the centroids pass by in
 * panels that fit the cache, and each row keeps its two least scores. Where those two are closer than rounding can tell
 * the row is decided by differences ({@link CentroidTable}): rare, but for data that is mostly duplicates of a few
 * distant points. Owned by one thread.
 */
final class NearestCells {

    private static final int CHUNK_ROWS = 64;
    private static final int TILE_ROWS = CentroidKernels.TILE_ROWS;

    private final CentroidTable table;
    private final float[] centered;
    private final float[][] tiles;
    private final double[] norms = new double[CHUNK_ROWS];
    private final float[] least = new float[CHUNK_ROWS];
    private final float[] second = new float[CHUNK_ROWS];
    private final int[] nearest = new int[CHUNK_ROWS];
    private final float[] scores;
    private final float[] two = new float[2];

    /** For up to so many rows at once; more are taken in chunks. */
    NearestCells(CentroidTable table, int rows) {
        this.table = table;
        int tileCount = Math.ceilDiv(Math.min(rows, CHUNK_ROWS), TILE_ROWS);
        this.centered = new float[table.coordinates()];
        this.tiles = new float[tileCount][TILE_ROWS * table.coordinates()];
        this.scores = new float[TILE_ROWS * table.panelLanes()];
    }

    /** Writes {@code cells[i]}, the nearest cell of {@code points[i]}, for i from {@code from} to {@code to}. */
    void find(float[][] points, int from, int to, int[] cells) {
        int chunk = tiles.length * TILE_ROWS;
        for (int at = from; at < to; at += chunk) {
            findChunk(points, at, Math.min(to, at + chunk), cells);
        }
    }

    private void findChunk(float[][] points, int from, int to, int[] cells) {
        int rows = to - from;
        pack(points, from, rows);
        for (int lane = 0; lane < table.lanes(); lane += table.panelLanes()) {
            int end = Math.min(table.lanes(), lane + table.panelLanes());
            for (int row = 0; row < rows; row += TILE_ROWS) {
                scoreTile(row, Math.min(rows, row + TILE_ROWS), lane, end);
            }
        }
        for (int row = 0; row < rows; row++) {
            cells[from + row] = isClear(row) ? nearest[row] : table.nearestByDistance(points[from + row]);
        }
    }

    /** A tile's rows past the last keep what they held: their scores are not looked at. */
    private void pack(float[][] points, int from, int rows) {
        Arrays.fill(least, Float.POSITIVE_INFINITY);
        Arrays.fill(second, Float.POSITIVE_INFINITY);
        for (int row = 0; row < rows; row++) {
            norms[row] = table.center(points[from + row], centered);
            float[] tile = tiles[row / TILE_ROWS];
            for (int d = 0, at = row % TILE_ROWS; d < centered.length; d++, at += TILE_ROWS) {
                tile[at] = centered[d];
            }
        }
    }

    private void scoreTile(int firstRow, int endRow, int fromLane, int toLane) {
        int width = toLane - fromLane;
        table.tileScores(tiles[firstRow / TILE_ROWS], fromLane, toLane, scores);
        for (int row = firstRow; row < endRow; row++) {
            keepTwoLeast(row, (row - firstRow) * width, width, fromLane);
        }
    }

    private void keepTwoLeast(int row, int scoresFrom, int count, int firstCell) {
        int cell = firstCell + CentroidTable.twoLeast(scores, scoresFrom, count, two);
        second[row] = Math.min(Math.min(second[row], two[1]), Math.max(least[row], two[0]));
        if (two[0] < least[row]) {
            least[row] = two[0];
            nearest[row] = cell;
        }
    }

    private boolean isClear(int row) {
        return second[row] - least[row] > table.tolerance(norms[row]);
    }
}
