package io.voronode.engine.clustering;

import java.util.Arrays;

/**
 * The upper level of many cells: parents, each of which stands for the cells around it.
 *
 * @param centroids of the parents
 * @param parentOfCell the parent of each cell; every parent has a cell
 * @param visits how many of the nearest parents to look into for the nearest cell
 */
@SuppressWarnings("ArrayRecordComponent") // owned, never compared
record ParentCells(float[][] centroids, int[] parentOfCell, int visits) {

    /** The share of points whose nearest cell is found by the visits that {@link #calibrated} counts. */
    static final double RECALL = 0.998;

    ParentCells {
        for (int parent : parentOfCell) {
            if (parent < 0 || parent >= centroids.length) {
                throw new IllegalArgumentException("parent " + parent + " of " + centroids.length);
            }
        }
        if (visits < 1 || visits > centroids.length) {
            throw new IllegalArgumentException("visits to " + visits + " parents of " + centroids.length);
        }
    }

    /** The cells of each parent, ascending. */
    int[][] cellsOfParent() {
        int[] counts = new int[centroids.length];
        for (int parent : parentOfCell) {
            counts[parent]++;
        }
        int[][] cells = new int[centroids.length][];
        Arrays.setAll(cells, parent -> new int[counts[parent]]);
        for (int cell = parentOfCell.length - 1; cell >= 0; cell--) {
            cells[parentOfCell[cell]][--counts[parentOfCell[cell]]] = cell;
        }
        return cells;
    }

    /**
     * Counts for queries of a sample where, in the order of parents, their nearest cell lies. Parents without a cell are
     * left out.
     */
    static ParentCells calibrated(
            float[][] parents, int[] parentOfCell, float[][] cells, float[][] queries, Workers workers) {
        int[] used = Arrays.stream(parentOfCell).distinct().sorted().toArray();
        float[][] usedParents =
                Arrays.stream(used).mapToObj(parent -> parents[parent]).toArray(float[][]::new);
        int[] renumbered = Arrays.stream(parentOfCell)
                .map(parent -> Arrays.binarySearch(used, parent))
                .toArray();
        return new ParentCells(usedParents, renumbered, visits(usedParents, renumbered, cells, queries, workers));
    }

    private static int visits(
            float[][] parents, int[] parentOfCell, float[][] cells, float[][] queries, Workers workers) {
        FlatCells flat = new FlatCells(cells);
        FlatCells upper = new FlatCells(parents);
        int[] nearest = new int[queries.length];
        int[] positions = new int[queries.length];
        workers.forAll(queries.length, (from, to) -> {
            flat.assign(queries, from, to, nearest);
            for (int query = from; query < to; query++) {
                positions[query] = position(upper.rank(queries[query], parents.length), parentOfCell[nearest[query]]);
            }
        });
        Arrays.sort(positions);
        return positions[(int) Math.ceil(RECALL * queries.length) - 1] + 1;
    }

    private static int position(RankedCells parents, int wanted) {
        int position = 0;
        while (parents.cells()[position] != wanted) {
            position++;
        }
        return position;
    }
}
