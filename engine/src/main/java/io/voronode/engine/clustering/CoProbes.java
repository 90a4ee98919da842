package io.voronode.engine.clustering;

import java.util.Arrays;

/**
 * Which cells queries probe together, and what that costs under a table of cells and shards: the number of shards that
 * each query touches. Keeps for each query how many of its cells each shard holds, so that what a move would change is
 * known from the queries that probe the cell. Owned by one thread.
 */
final class CoProbes {

    private final int[][] cellsOfQuery;
    private final int[][] queriesOfCell;
    private final int[] shardOfCell;
    private final int shardCount;
    private final short[] probes;
    private final int[] touchedOfShard;
    private long touched;

    /**
     * Counts.
     *
     * @param cellsOfQuery the cells that each query probes, each once; borrowed
     * @param shardOfCell owned from now on: moves are made in it
     */
    CoProbes(int[][] cellsOfQuery, int[] shardOfCell, int shardCount) {
        this.cellsOfQuery = cellsOfQuery;
        this.queriesOfCell = invert(cellsOfQuery, shardOfCell.length);
        this.shardOfCell = shardOfCell;
        this.shardCount = shardCount;
        this.probes = new short[Math.multiplyExact(cellsOfQuery.length, shardCount)];
        this.touchedOfShard = new int[shardCount];
        for (int query = 0; query < cellsOfQuery.length; query++) {
            for (int cell : cellsOfQuery[query]) {
                add(query, shardOfCell[cell]);
            }
        }
    }

    private void add(int query, int shard) {
        if (probes[query * shardCount + shard]++ == 0) {
            touchedOfShard[shard]++;
            touched++;
        }
    }

    private void remove(int query, int shard) {
        if (--probes[query * shardCount + shard] == 0) {
            touchedOfShard[shard]--;
            touched--;
        }
    }

    private static int[][] invert(int[][] cellsOfQuery, int cellCount) {
        int[] counts = new int[cellCount];
        Arrays.stream(cellsOfQuery).flatMapToInt(Arrays::stream).forEach(cell -> counts[cell]++);
        int[][] queries = new int[cellCount][];
        Arrays.setAll(queries, cell -> new int[counts[cell]]);
        for (int query = cellsOfQuery.length - 1; query >= 0; query--) {
            for (int cell : cellsOfQuery[query]) {
                queries[cell][--counts[cell]] = query;
            }
        }
        return queries;
    }

    int cellCount() {
        return shardOfCell.length;
    }

    int shardCount() {
        return shardCount;
    }

    int shardOf(int cell) {
        return shardOfCell[cell];
    }

    /** The queries that probe a cell; borrowed. */
    int[] queriesOf(int cell) {
        return queriesOfCell[cell];
    }

    /** The cells that a query probes; borrowed. */
    int[] cellsOf(int query) {
        return cellsOfQuery[query];
    }

    /** How many queries would no longer touch the cell's shard if it moved elsewhere. */
    int leaving(int cell) {
        return count(cell, shardOfCell[cell], 1);
    }

    /** How many queries would touch a shard that do not now if the cell moved there from another. */
    int joining(int cell, int to) {
        return count(cell, to, 0);
    }

    private int count(int cell, int shard, int probed) {
        int count = 0;
        for (int query : queriesOfCell[cell]) {
            count += probes[query * shardCount + shard] == probed ? 1 : 0;
        }
        return count;
    }

    void move(int cell, int to) {
        int from = shardOfCell[cell];
        for (int query : queriesOfCell[cell]) {
            remove(query, from);
            add(query, to);
        }
        shardOfCell[cell] = to;
    }

    /** Shards touched, over all queries. */
    long touched() {
        return touched;
    }

    /** Queries that touch a shard. */
    int touchedOf(int shard) {
        return touchedOfShard[shard];
    }

    /** A copy of the table as it is. */
    int[] shards() {
        return shardOfCell.clone();
    }
}
