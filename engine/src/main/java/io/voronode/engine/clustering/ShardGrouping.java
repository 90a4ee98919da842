package io.voronode.engine.clustering;

import io.voronode.engine.simd.VectorKernels;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Groups cells into shards by where they are; {@link ShardRefinement} then goes by what queries probe.
 *
 * <p>Goals: cells near each other share a shard, so that a query touches few shards.
 *
 * <p>Constraints: no shard is empty; a shard holds at most {@link #BALANCE_CAP} times the mean number of rows, exceeded
 * only when the cells left fit nowhere.
 *
 * <p>Algorithm: balanced k-means over the centroids, weighted by rows. Shard seeds are chosen farthest-first. In each
 * round the cells choose in the order of what they would lose by a second choice, the nearest shard with room takes the
 * cell, and the shards' centroids move. No randomness.
 */
final class ShardGrouping {

    static final double BALANCE_CAP = 1.15;
    private static final int ROUNDS = 8;

    private final float[][] cells;
    private final int[] sizes;
    private final int shardCount;
    private final double capacity;
    private final int[] shardOfCell;
    private final float[][] shards;

    /** Returns the shard of each cell; as many shards as wanted, or as there are cells. */
    static int[] group(float[][] cells, int[] sizes, int wanted) {
        int shardCount = Math.min(wanted, cells.length);
        if (shardCount == 1) {
            return new int[cells.length];
        }
        return new ShardGrouping(cells, sizes, shardCount).run();
    }

    private ShardGrouping(float[][] cells, int[] sizes, int shardCount) {
        this.cells = cells;
        this.sizes = sizes;
        this.shardCount = shardCount;
        this.capacity = capacity(sizes, shardCount);
        this.shardOfCell = new int[cells.length];
        this.shards = new float[shardCount][];
    }

    /** Rows that a shard should hold at most. */
    static double capacity(int[] sizes, int shardCount) {
        return BALANCE_CAP * Arrays.stream(sizes).asLongStream().sum() / shardCount;
    }

    private int[] run() {
        seedFarthestFirst();
        for (int round = 0; round < ROUNDS; round++) {
            int[] before = shardOfCell.clone();
            assign();
            fillEmpty();
            moveShards();
            if (Arrays.equals(before, shardOfCell)) {
                break;
            }
        }
        return shardOfCell;
    }

    private void seedFarthestFirst() {
        float[] nearest = new float[cells.length];
        Arrays.fill(nearest, Float.POSITIVE_INFINITY);
        int next = 0;
        for (int shard = 0; shard < shardCount; shard++) {
            shards[shard] = cells[next].clone();
            for (int cell = 0; cell < cells.length; cell++) {
                nearest[cell] = Math.min(nearest[cell], distance(cell, shard));
            }
            next = IntStream.range(0, cells.length)
                    .reduce(0, (best, cell) -> nearest[cell] > nearest[best] ? cell : best);
        }
    }

    private void assign() {
        double[] loads = new double[shardCount];
        for (int cell : byRegret()) {
            int shard = nearestWithRoom(cell, loads);
            shardOfCell[cell] = shard;
            loads[shard] += sizes[cell];
        }
    }

    /** Cells with most to lose first: second nearest shard minus nearest, times the rows. */
    private int[] byRegret() {
        double[] regret = new double[cells.length];
        for (int cell = 0; cell < cells.length; cell++) {
            float best = Float.POSITIVE_INFINITY;
            float second = Float.POSITIVE_INFINITY;
            for (int shard = 0; shard < shardCount; shard++) {
                float distance = distance(cell, shard);
                second = Math.min(second, Math.max(best, distance));
                best = Math.min(best, distance);
            }
            regret[cell] = (double) (second - best) * sizes[cell];
        }
        return IntStream.range(0, cells.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer cell) -> -regret[cell]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private int nearestWithRoom(int cell, double[] loads) {
        int best = -1;
        int leastLoaded = 0;
        for (int shard = 0; shard < shardCount; shard++) {
            if (loads[shard] + sizes[cell] <= capacity && (best < 0 || distance(cell, shard) < distance(cell, best))) {
                best = shard;
            }
            if (loads[shard] < loads[leastLoaded]) {
                leastLoaded = shard;
            }
        }
        return best >= 0 ? best : leastLoaded;
    }

    /** An empty shard takes the cell that is farthest from its shard's centroid, of those shards that can spare one. */
    private void fillEmpty() {
        int[] counts = new int[shardCount];
        for (int shard : shardOfCell) {
            counts[shard]++;
        }
        for (int empty = 0; empty < shardCount; empty++) {
            if (counts[empty] == 0) {
                int taken = farthestSpareCell(counts);
                counts[shardOfCell[taken]]--;
                shardOfCell[taken] = empty;
                counts[empty]++;
            }
        }
    }

    private int farthestSpareCell(int[] counts) {
        int farthest = -1;
        for (int cell = 0; cell < cells.length; cell++) {
            boolean spare = counts[shardOfCell[cell]] > 1;
            if (spare
                    && (farthest < 0
                            || distance(cell, shardOfCell[cell]) > distance(farthest, shardOfCell[farthest]))) {
                farthest = cell;
            }
        }
        return farthest;
    }

    private void moveShards() {
        for (int shard = 0; shard < shardCount; shard++) {
            double[] sum = new double[cells[0].length];
            double weight = 0;
            for (int cell = 0; cell < cells.length; cell++) {
                if (shardOfCell[cell] == shard) {
                    weight += sizes[cell];
                    for (int d = 0; d < sum.length; d++) {
                        sum[d] += (double) sizes[cell] * cells[cell][d];
                    }
                }
            }
            for (int d = 0; d < sum.length; d++) {
                shards[shard][d] = (float) (sum[d] / weight);
            }
        }
    }

    private float distance(int cell, int shard) {
        return VectorKernels.best().squaredDistance(cells[cell], shards[shard]);
    }
}
