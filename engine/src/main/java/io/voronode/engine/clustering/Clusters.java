package io.voronode.engine.clustering;

import io.voronode.engine.simd.VectorKernels;
import io.voronode.engine.simd.Vectors;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The state that {@link KMeans} moves: centroids, and which row is in which cell. Deterministic for a seed and any
 * number of threads: rows are assigned independently, and a centroid is summed by one thread in the order of the rows.
 * Owned by one run.
 */
final class Clusters {

    private static final int SPLIT_ROUNDS = 4;

    private final float[][] rows;
    private final int coordinates;
    private final boolean spherical;
    private final Workers workers;
    private final float[][] centroids;
    private final int[] sizes;
    private final int[] cellOfRow;

    /** Cells with at least one row each, and how many rows. */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Result(float[][] centroids, int[] sizes) {}

    /** Starts with distinct rows at random as centroids, and no row in a cell. */
    Clusters(float[][] rows, boolean spherical, int count, long seed, Workers workers) {
        this.rows = rows;
        this.coordinates = rows[0].length;
        this.spherical = spherical;
        this.workers = workers;
        this.centroids = pick(rows, count, new SplittableRandom(seed));
        this.sizes = new int[count];
        this.cellOfRow = new int[rows.length];
        Arrays.fill(cellOfRow, -1);
    }

    /** Distinct rows at random. */
    private static float[][] pick(float[][] rows, int count, SplittableRandom random) {
        int[] order = new int[rows.length];
        Arrays.setAll(order, i -> i);
        float[][] picked = new float[count][];
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i, rows.length);
            int row = order[other];
            order[other] = order[i];
            picked[i] = rows[row].clone();
        }
        return picked;
    }

    int count() {
        return centroids.length;
    }

    int size(int cell) {
        return sizes[cell];
    }

    /** Sends every row to its nearest centroid; returns how many rows changed their cell. */
    int assign() {
        CentroidBlocks blocks = new CentroidBlocks(centroids, coordinates);
        return assign(blocks, blocks::nearest);
    }

    /** As {@link #assign}, each cell's squared distances multiplied by its weight. */
    void assignWeighted(float[] weights) {
        CentroidBlocks blocks = new CentroidBlocks(centroids, coordinates);
        assign(blocks, (row, scratch) -> blocks.nearestWeighted(row, weights, scratch));
    }

    private interface Chooser {
        int cellOf(float[] row, float[] scratch);
    }

    private int assign(CentroidBlocks blocks, Chooser chooser) {
        AtomicInteger moved = new AtomicInteger();
        workers.forAll(rows.length, (from, to) -> {
            float[] scratch = blocks.scratch();
            int changed = 0;
            for (int row = from; row < to; row++) {
                int cell = chooser.cellOf(rows[row], scratch);
                changed += cell == cellOfRow[row] ? 0 : 1;
                cellOfRow[row] = cell;
            }
            moved.addAndGet(changed);
        });
        countRows();
        return moved.get();
    }

    private void countRows() {
        Arrays.fill(sizes, 0);
        for (int cell : cellOfRow) {
            sizes[cell]++;
        }
    }

    /** Every centroid to the mean of its rows; that of an empty cell stays. */
    void moveCentroids() {
        int[][] members = members();
        workers.forAll(centroids.length, (from, to) -> {
            for (int cell = from; cell < to; cell++) {
                if (members[cell].length > 0) {
                    centroids[cell] = centroid(members[cell]);
                }
            }
        });
    }

    private int[][] members() {
        int[][] members = new int[centroids.length][];
        Arrays.setAll(members, cell -> new int[sizes[cell]]);
        int[] filled = new int[centroids.length];
        for (int row = 0; row < rows.length; row++) {
            int cell = cellOfRow[row];
            members[cell][filled[cell]++] = row;
        }
        return members;
    }

    /** The mean; on the sphere its direction, or a member when the members cancel out. */
    private float[] centroid(int[] members) {
        double[] sum = new double[coordinates];
        for (int row : members) {
            float[] vector = rows[row];
            for (int d = 0; d < coordinates; d++) {
                sum[d] += vector[d];
            }
        }
        float[] mean = new float[coordinates];
        for (int d = 0; d < coordinates; d++) {
            mean[d] = (float) (sum[d] / members.length);
        }
        if (spherical && !Vectors.normalize(mean)) {
            return rows[members[0]].clone();
        }
        return mean;
    }

    /** Gives every empty cell half of the largest cell that can be split; returns whether any was given. */
    boolean splitIntoEmpty() {
        boolean[] indivisible = new boolean[centroids.length];
        boolean any = false;
        for (int empty = 0; empty < centroids.length; empty++) {
            boolean filled = sizes[empty] > 0;
            while (!filled) {
                int largest = largest(indivisible);
                if (largest < 0) {
                    return any;
                }
                filled = split(largest, empty);
                indivisible[largest] = !filled;
                any |= filled;
            }
        }
        return any;
    }

    private int largest(boolean[] indivisible) {
        int largest = -1;
        for (int cell = 0; cell < sizes.length; cell++) {
            if (!indivisible[cell] && sizes[cell] > 1 && (largest < 0 || sizes[cell] > sizes[largest])) {
                largest = cell;
            }
        }
        return largest;
    }

    /**
     * 2-means of one cell's rows, started from two of them; false when all are equal. Any two: the farthest are outliers,
     * and a split between outliers takes a sliver off instead of a half.
     */
    private boolean split(int cell, int empty) {
        int[] members = rowsOf(cell);
        float[] left = rows[members[0]];
        float[] right = another(members, left);
        boolean divided = false;
        for (int round = 0; round < SPLIT_ROUNDS && divide(members, left, right, cell, empty); round++) {
            divided = true;
            left = centroid(rowsOf(cell));
            right = centroid(rowsOf(empty));
        }
        if (divided) {
            centroids[cell] = left;
            centroids[empty] = right;
        }
        return divided;
    }

    /** A row that differs from the one given, searched from the middle; the last looked at if all are equal. */
    private float[] another(int[] members, float[] row) {
        float[] other = row;
        for (int i = 0; i < members.length && Arrays.equals(other, row); i++) {
            other = rows[members[(members.length / 2 + i) % members.length]];
        }
        return other;
    }

    /** Puts each row on the nearer side, the left one of equals; changes nothing and says no if a side would be empty. */
    private boolean divide(int[] members, float[] left, float[] right, int leftCell, int rightCell) {
        VectorKernels kernels = VectorKernels.best();
        boolean[] onRight = new boolean[members.length];
        int count = 0;
        for (int i = 0; i < members.length; i++) {
            float[] row = rows[members[i]];
            onRight[i] = kernels.squaredDistance(row, right) < kernels.squaredDistance(row, left);
            count += onRight[i] ? 1 : 0;
        }
        if (count == 0 || count == members.length) {
            return false;
        }
        for (int i = 0; i < members.length; i++) {
            cellOfRow[members[i]] = onRight[i] ? rightCell : leftCell;
        }
        sizes[leftCell] = members.length - count;
        sizes[rightCell] = count;
        return true;
    }

    private int[] rowsOf(int cell) {
        int[] members = new int[sizes[cell]];
        int filled = 0;
        for (int row = 0; filled < members.length; row++) {
            if (cellOfRow[row] == cell) {
                members[filled++] = row;
            }
        }
        return members;
    }

    Result withoutEmpty() {
        int kept = (int) Arrays.stream(sizes).filter(size -> size > 0).count();
        float[][] keptCentroids = new float[kept][];
        int[] keptSizes = new int[kept];
        int to = 0;
        for (int cell = 0; cell < centroids.length; cell++) {
            if (sizes[cell] > 0) {
                keptCentroids[to] = centroids[cell];
                keptSizes[to++] = sizes[cell];
            }
        }
        return new Result(keptCentroids, keptSizes);
    }
}
