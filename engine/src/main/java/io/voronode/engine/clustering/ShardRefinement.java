package io.voronode.engine.clustering;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Betters a grouping of cells into shards by what queries probe.
 *
 * <p>Goals: the mean number of shards that a query touches falls, and no shard is touched by many more queries than others: a query
 * beyond {@value #QUERY_CAP} times the mean costs {@value #PENALTY} times as much as one shard more for a query. Cells near each other are not always
 * probed together: in many dimensions a cell has hundreds of neighbours, of which a query meets those on its side.
 *
 * <p>Constraints: a shard that grows holds at most {@code capacity} rows afterwards; no shard runs empty; the result never
 * costs more than the start for the queries given.
 *
 * <p>Algorithm: threshold accepting (Dueck and Scheuer, 1990). A random cell would go to the shard of a cell that some
 * query probes with it, in exchange for a random cell of that shard when there is no room. The step is made unless it
 * costs more than a threshold, which falls to zero. {@value #STEPS_PER_CELL} steps a cell take about as long as two-level k-means. Deterministic for a seed.
 *
 * <p>Measured on GloVe, 340k × 100 in 1 171 cells and 16 shards, queries not in the sample; shards touched, and the heaviest shard's
 * queries by the mean:
 *
 * <pre>
 *                                 24 probes      64 probes      150 probes
 * balanced k-means                4.74  1.58     7.47  1.62     10.40  1.48
 * this, without the penalty       4.46  1.98     6.52  1.81      9.24  1.55
 * this                            4.54  1.48     6.83  1.53      9.72  1.43
 * </pre>
 */
final class ShardRefinement {

    static final int STEPS_PER_CELL = 1_200;
    static final double QUERY_CAP = 1.3;
    static final double PENALTY = 4;

    /** The threshold begins at the queries of a mean cell, divided by this. */
    private static final int THRESHOLD_DIVISOR = 12;

    /** Cells drawn to find one to exchange, before the step is given up. */
    private static final int DRAWS = 64;

    private static final int STEPS_BETWEEN_LOOKS = 1 << 12;

    private final CoProbes probes;
    private final int[] sizes;
    private final double capacity;
    private final long[] rowsOfShard;
    private final int[] cellsOfShard;
    private final SplittableRandom random;
    /** Queries that may touch a shard before more cost more; follows the mean, which falls. */
    private double most;

    /**
     * Returns a table of cells and shards that costs as much as the one given, or less.
     *
     * @param shardOfCell borrowed
     * @param sizes rows of each cell
     * @param cellsOfQuery the cells that each query of a sample probes
     * @param capacity rows that a shard should hold at most
     */
    static int[] refine(
            int[] shardOfCell, int[] sizes, int[][] cellsOfQuery, double capacity, long seed, Workers workers) {
        int shardCount = Arrays.stream(shardOfCell).max().orElse(0) + 1;
        if (shardCount == 1) {
            return shardOfCell;
        }
        CoProbes probes = new CoProbes(cellsOfQuery, shardOfCell.clone(), shardCount);
        ShardRefinement refinement = new ShardRefinement(probes, sizes, capacity, seed);
        double before = refinement.cost();
        refinement.run(workers);
        return refinement.cost() < before ? probes.shards() : shardOfCell;
    }

    private ShardRefinement(CoProbes probes, int[] sizes, double capacity, long seed) {
        this.probes = probes;
        this.sizes = sizes;
        this.capacity = capacity;
        this.rowsOfShard = new long[probes.shardCount()];
        this.cellsOfShard = new int[probes.shardCount()];
        this.random = new SplittableRandom(seed);
        for (int cell = 0; cell < sizes.length; cell++) {
            rowsOfShard[probes.shardOf(cell)] += sizes[cell];
            cellsOfShard[probes.shardOf(cell)]++;
        }
    }

    private void run(Workers workers) {
        long steps = (long) STEPS_PER_CELL * probes.cellCount();
        double threshold = meanQueries() / THRESHOLD_DIVISOR;
        for (long step = 0; step < steps; step++) {
            if (step % STEPS_BETWEEN_LOOKS == 0) {
                workers.throwIfCancelled();
                most = most();
            }
            tryStep(-threshold * (steps - step) / steps);
        }
    }

    private double most() {
        return QUERY_CAP * probes.touched() / probes.shardCount();
    }

    /** Shards touched, and what the most touched ones have too many. */
    private double cost() {
        most = most();
        double cost = probes.touched();
        for (int shard = 0; shard < probes.shardCount(); shard++) {
            cost += PENALTY * excess(shard, 0);
        }
        return cost;
    }

    /** How much less it would cost if the cell moved there. */
    private double gain(int cell, int to) {
        int from = probes.shardOf(cell);
        int leaving = probes.leaving(cell);
        int joining = probes.joining(cell, to);
        return leaving
                - joining
                + PENALTY * (excess(from, 0) - excess(from, -leaving) + excess(to, 0) - excess(to, joining));
    }

    private double excess(int shard, int growth) {
        return Math.max(0, probes.touchedOf(shard) + growth - most);
    }

    private double meanQueries() {
        double sum = 0;
        for (int cell = 0; cell < probes.cellCount(); cell++) {
            sum += probes.queriesOf(cell).length;
        }
        return sum / probes.cellCount();
    }

    /** The least gain is negative or zero. */
    private void tryStep(double leastGain) {
        int cell = random.nextInt(probes.cellCount());
        int[] queries = probes.queriesOf(cell);
        if (queries.length == 0) {
            return;
        }
        int[] together = probes.cellsOf(queries[random.nextInt(queries.length)]);
        int to = probes.shardOf(together[random.nextInt(together.length)]);
        int from = probes.shardOf(cell);
        if (to == from) {
            return;
        }
        double gain = gain(cell, to);
        if (rowsOfShard[to] + sizes[cell] > capacity || cellsOfShard[from] == 1) {
            tryExchange(cell, from, to, gain, leastGain);
        } else if (gain >= leastGain) {
            move(cell, to);
        }
    }

    private void tryExchange(int cell, int from, int to, double gain, double leastGain) {
        int other = cellToExchange(cell, from, to);
        if (other < 0) {
            return;
        }
        move(cell, to);
        if (gain + gain(other, from) >= leastGain) {
            move(other, from);
        } else {
            move(cell, from);
        }
    }

    /** A random cell of the other shard with which both shards keep to their capacity; −1 if none was drawn. */
    private int cellToExchange(int cell, int from, int to) {
        for (int draw = 0; draw < DRAWS; draw++) {
            int other = random.nextInt(probes.cellCount());
            int growth = sizes[cell] - sizes[other];
            if (probes.shardOf(other) == to && fits(to, growth) && fits(from, -growth)) {
                return other;
            }
        }
        return -1;
    }

    private boolean fits(int shard, int growth) {
        return growth <= 0 || rowsOfShard[shard] + growth <= capacity;
    }

    private void move(int cell, int to) {
        int from = probes.shardOf(cell);
        rowsOfShard[from] -= sizes[cell];
        rowsOfShard[to] += sizes[cell];
        cellsOfShard[from]--;
        cellsOfShard[to]++;
        probes.move(cell, to);
    }
}
