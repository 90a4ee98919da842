package io.voronode.engine.clustering;

import io.voronode.engine.simd.VectorKernels;
import io.voronode.engine.simd.Vectors;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The state that {@link KMeans} moves: centroids, and which row is in which cell. Deterministic for a seed and any
 * number of threads: rows are assigned independently, and a centroid is summed by one thread in the order of the rows.
 * Rows may be taken in by and by: those not yet {@link #activate active} are in no cell. Owned by one run.
 */
final class Clusters {

    private static final int SPLIT_ROUNDS = 4;

    private final float[][] rows;
    private final int coordinates;
    private final boolean spherical;
    private final Workers workers;
    private final int[] cellOfRow;
    private float[][] centroids;
    private int[] sizes;
    private int active;

    /** Cells with at least one row each, and how many rows. */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Result(float[][] centroids, int[] sizes) {}

    /** Starts with centroids, which are borrowed as the rows are, all rows active, and none in a cell. */
    Clusters(float[][] rows, boolean spherical, float[][] centroids, Workers workers) {
        this.rows = rows;
        this.coordinates = rows[0].length;
        this.spherical = spherical;
        this.workers = workers;
        this.centroids = centroids.clone();
        this.sizes = new int[centroids.length];
        this.cellOfRow = new int[rows.length];
        this.active = rows.length;
        Arrays.fill(cellOfRow, -1);
    }

    /** From now on the first so many rows take part; never fewer than before a row was assigned. */
    void activate(int rowCount) {
        active = rowCount;
    }

    int count() {
        return centroids.length;
    }

    /** The centroids as they are now, each borrowed. */
    float[][] centroids() {
        return centroids.clone();
    }

    int size(int cell) {
        return sizes[cell];
    }

    /** Sends every row to its nearest centroid; returns how many rows changed their cell. */
    int assign() {
        return assign(new FlatCells(centroids));
    }

    /** As {@link #assign}, each cell farther away by its penalty, which is added to squared distances. */
    int assignPenalized(float[] penalties) {
        return assign(new FlatCells(centroids, penalties));
    }

    /** As {@link #assign}, by the finder's word. */
    int assign(CellFinder finder) {
        int[] before = Arrays.copyOf(cellOfRow, active);
        workers.forAll(active, (from, to) -> finder.assign(rows, from, to, cellOfRow));
        countRows();
        return (int) IntStream.range(0, active)
                .filter(row -> cellOfRow[row] != before[row])
                .count();
    }

    private void countRows() {
        Arrays.fill(sizes, 0);
        for (int row = 0; row < active; row++) {
            sizes[cellOfRow[row]]++;
        }
    }

    /** The mean squared distance of rows from their centroids. */
    double meanDistance() {
        float[] distances = new float[active];
        workers.forAll(active, (from, to) -> {
            for (int row = from; row < to; row++) {
                distances[row] = VectorKernels.best().squaredDistance(rows[row], centroids[cellOfRow[row]]);
            }
        });
        double sum = 0;
        for (float distance : distances) {
            sum += distance;
        }
        return sum / active;
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
        for (int row = 0; row < active; row++) {
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

    /** Gives half of every cell with more rows than the cap to a cell of its own; returns whether any was halved. */
    boolean splitLargerThan(double cap) {
        int before = centroids.length;
        for (int cell = 0; cell < before; cell++) {
            if (sizes[cell] > cap) {
                int added = centroids.length;
                resize(added + 1);
                if (!split(cell, added)) {
                    resize(added);
                }
            }
        }
        return centroids.length > before;
    }

    private void resize(int count) {
        centroids = Arrays.copyOf(centroids, count);
        sizes = Arrays.copyOf(sizes, count);
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

    /** The cells that have rows, ascending. */
    int[] filled() {
        return IntStream.range(0, sizes.length).filter(cell -> sizes[cell] > 0).toArray();
    }

    Result withoutEmpty() {
        int[] filled = filled();
        return new Result(
                Arrays.stream(filled).mapToObj(cell -> centroids[cell]).toArray(float[][]::new),
                Arrays.stream(filled).map(cell -> sizes[cell]).toArray());
    }
}
