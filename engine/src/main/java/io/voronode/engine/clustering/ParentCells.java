package io.voronode.engine.clustering;

import java.util.Arrays;

/**
 * The upper level of many cells: parents, each of which stands for the cells around it.
 *
 * @param centroids of the parents
 * @param parentOfCell the parent of each cell; every parent has a cell
 * @param visits how many of the nearest parents to look into for the 2ⁱ nearest cells; all of them for more cells than
 *     the last entry is for
 */
@SuppressWarnings("ArrayRecordComponent") // owned, never compared
record ParentCells(float[][] centroids, int[] parentOfCell, int[] visits) {

    /** The share of the nearest cells that is found by the visits that {@link #calibrated} counts, in the mean. */
    static final double RECALL = 0.998;

    private static final int MOST_CALIBRATED = 512;

    ParentCells {
        for (int parent : parentOfCell) {
            if (parent < 0 || parent >= centroids.length) {
                throw new IllegalArgumentException("parent " + parent + " of " + centroids.length);
            }
        }
        for (int count : visits) {
            if (count < 1 || count > centroids.length) {
                throw new IllegalArgumentException("visits to " + count + " parents of " + centroids.length);
            }
        }
    }

    /** How many parents to look into for the n nearest cells. */
    int visitsFor(int n) {
        int entry = Integer.SIZE - Integer.numberOfLeadingZeros(n - 1);
        return entry < visits.length ? visits[entry] : centroids.length;
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
     * Counts for queries of a sample where, in the order of parents, their nearest cells lie. Parents without a cell are
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

    private static int[] visits(
            float[][] parents, int[] parentOfCell, float[][] cells, float[][] queries, Workers workers) {
        int most = Math.min(MOST_CALIBRATED, Math.max(1, cells.length / 4));
        int[][] positions = new int[queries.length][];
        FlatCells flat = new FlatCells(cells);
        FlatCells upper = new FlatCells(parents);
        workers.forAll(queries.length, (from, to) -> {
            for (int query = from; query < to; query++) {
                positions[query] = positions(
                        flat.rank(queries[query], most), upper.rank(queries[query], parents.length), parentOfCell);
            }
        });
        int[] visits = new int[Integer.SIZE - Integer.numberOfLeadingZeros(most)];
        Arrays.setAll(visits, entry -> visits(positions, 1 << entry, parents.length));
        return visits;
    }

    /** For each of a query's nearest cells: which of its nearest parents owns it. */
    private static int[] positions(RankedCells cells, RankedCells parents, int[] parentOfCell) {
        int[] positionOfParent = new int[parents.size()];
        for (int position = 0; position < parents.size(); position++) {
            positionOfParent[parents.cells()[position]] = position;
        }
        return Arrays.stream(cells.cells())
                .map(cell -> positionOfParent[parentOfCell[cell]])
                .toArray();
    }

    private static int visits(int[][] positions, int n, int parentCount) {
        long[] atPosition = new long[parentCount];
        for (int[] ofQuery : positions) {
            for (int i = 0; i < n; i++) {
                atPosition[ofQuery[i]]++;
            }
        }
        long wanted = (long) Math.ceil(RECALL * n * positions.length);
        int visits = 0;
        for (long found = 0; found < wanted; visits++) {
            found += atPosition[visits];
        }
        return visits;
    }
}
