package io.voronode.engine.clustering;

import io.voronode.engine.simd.VectorKernels;
import io.voronode.engine.simd.Vectors;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lloyd's algorithm, made for posting lists. At most ten plain iterations, fewer once under 0.5 % of the rows move; then two in
 * which a large cell's distances count for more, so that it gives its border to its neighbours; then the rows are assigned to the nearest
 * centroid once more and the centroids stay as they are, so that every row is where {@link CellMap#nearestCell} puts it. A cell
 * that runs empty is re-seeded by splitting the largest one; when no cell can be split (duplicates only) it is dropped.
 *
 * <p>Deterministic for a seed and any number of threads: rows are assigned independently and a centroid is summed by one thread in the order of the rows.
 * One instance is one run, owned by one caller.
 */
final class KMeans {

    static final int PLAIN_ITERATIONS = 10;
    static final int BALANCING_ITERATIONS = 2;
    private static final double STOP_BELOW_MOVES = 0.005;

    /** How much dearer a cell of twice the mean size is, in squared distance. */
    private static final float SIZE_PENALTY = 0.1f;

    /** Rounds of split and re-assign at the end; a cell that is still empty then is dropped. */
    private static final int REPAIR_ROUNDS = 4;

    private final float[][] rows;
    private final int coordinates;
    private final boolean spherical;
    private final SplittableRandom random;
    private final Workers workers;
    private final int[] cellOfRow;
    private float[][] centroids = new float[0][];
    private int[] sizes = new int[0];

    /** Cells with at least one row each, and how many rows. */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Result(float[][] centroids, int[] sizes) {}

    KMeans(float[][] rows, int coordinates, boolean spherical, long seed, Workers workers) {
        this.rows = rows;
        this.coordinates = coordinates;
        this.spherical = spherical;
        this.random = new SplittableRandom(seed);
        this.workers = workers;
        this.cellOfRow = new int[rows.length];
    }

    Result run(int wanted) {
        seed(Math.min(wanted, rows.length));
        iteratePlain();
        for (int i = 0; i < BALANCING_ITERATIONS; i++) {
            assign(sizeWeights());
            moveCentroids();
            splitIntoEmpty();
        }
        settle();
        return withoutEmpty();
    }

    /** Distinct rows at random as the first centroids. */
    private void seed(int count) {
        int[] order = new int[rows.length];
        Arrays.setAll(order, i -> i);
        centroids = new float[count][];
        sizes = new int[count];
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i, rows.length);
            int picked = order[other];
            order[other] = order[i];
            centroids[i] = rows[picked].clone();
        }
        Arrays.fill(cellOfRow, -1);
    }

    private void iteratePlain() {
        for (int i = 0; i < PLAIN_ITERATIONS; i++) {
            int moved = assign(null);
            moveCentroids();
            splitIntoEmpty();
            if (moved < STOP_BELOW_MOVES * rows.length) {
                return;
            }
        }
    }

    /** Sends every row to its nearest centroid and counts; returns how many rows changed their cell. */
    private int assign(float @org.jspecify.annotations.Nullable [] weights) {
        CentroidBlocks blocks = new CentroidBlocks(centroids, coordinates);
        AtomicInteger moved = new AtomicInteger();
        workers.forAll(rows.length, (from, to) -> {
            float[] scratch = blocks.scratch();
            int changed = 0;
            for (int row = from; row < to; row++) {
                int cell = weights == null
                        ? blocks.nearest(rows[row], scratch)
                        : blocks.nearestWeighted(rows[row], weights, scratch);
                changed += cell == cellOfRow[row] ? 0 : 1;
                cellOfRow[row] = cell;
            }
            moved.addAndGet(changed);
        });
        count();
        return moved.get();
    }

    private void count() {
        Arrays.fill(sizes, 0);
        for (int cell : cellOfRow) {
            sizes[cell]++;
        }
    }

    private void moveCentroids() {
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

    private float[] sizeWeights() {
        float mean = (float) rows.length / centroids.length;
        float[] weights = new float[centroids.length];
        for (int cell = 0; cell < weights.length; cell++) {
            float excess = Math.clamp(sizes[cell] / mean - 1, -1, 3);
            weights[cell] = 1 + SIZE_PENALTY * excess;
        }
        return weights;
    }

    /** Gives every empty cell half of the largest cell that can be split; returns whether any was given. */
    private boolean splitIntoEmpty() {
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

    /** Moves the rows nearer to the cell's farthest row than to its centroid; false when either side would be empty. */
    private boolean split(int cell, int empty) {
        VectorKernels kernels = VectorKernels.best();
        int[] members = rowsOf(cell);
        float[] mean = centroid(members);
        float[] pole = rows[members[0]];
        for (int row : members) {
            if (kernels.squaredDistance(rows[row], mean) > kernels.squaredDistance(pole, mean)) {
                pole = rows[row];
            }
        }
        int moved = 0;
        for (int row : members) {
            if (kernels.squaredDistance(rows[row], pole) < kernels.squaredDistance(rows[row], mean)) {
                cellOfRow[row] = empty;
                moved++;
            }
        }
        if (moved == 0 || moved == members.length) {
            for (int row : members) {
                cellOfRow[row] = cell;
            }
            return false;
        }
        sizes[cell] -= moved;
        sizes[empty] = moved;
        centroids[cell] = centroid(rowsOf(cell));
        centroids[empty] = centroid(rowsOf(empty));
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

    /** The last word is the plain nearest centroid; cells that it leaves empty are split into, a few times. */
    private void settle() {
        assign(null);
        for (int round = 0; round < REPAIR_ROUNDS && splitIntoEmpty(); round++) {
            assign(null);
        }
    }

    private Result withoutEmpty() {
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
