package io.voronode.engine.clustering;

/**
 * Two levels: parents are ranked, and the cells of the nearest ones are looked at. How many parents that takes was
 * counted when the cells were trained ({@link ParentCells#calibrated}), so that {@link ParentCells#RECALL} of points
 * find their nearest cell.
 */
final class TwoLevelCells implements CellFinder {

    /** Points that are assigned together: enough of them look into one parent to fill its tiles. */
    private static final int CHUNK = 256;

    private final float[][] centroids;
    private final ParentCells parents;
    private final FlatCells upper;
    private final int[][] cellsOfParent;
    private final CentroidTable[] tables;

    /** Borrows the centroids. */
    TwoLevelCells(float[][] centroids, ParentCells parents) {
        this.centroids = centroids;
        this.parents = parents;
        this.upper = new FlatCells(parents.centroids());
        this.cellsOfParent = parents.cellsOfParent();
        this.tables = new CentroidTable[cellsOfParent.length];
        for (int parent = 0; parent < tables.length; parent++) {
            tables[parent] = tableOf(cellsOfParent[parent]);
        }
    }

    private CentroidTable tableOf(int[] cells) {
        if (cells.length == 0) {
            throw new IllegalArgumentException("a parent owns no cell");
        }
        float[][] own = new float[cells.length][];
        for (int i = 0; i < own.length; i++) {
            own[i] = centroids[cells[i]];
        }
        return new CentroidTable(own);
    }

    @Override
    public void assign(float[][] points, int from, int to, int[] cells) {
        for (int at = from; at < to; at += CHUNK) {
            new Chunk(points, at, Math.min(to, at + CHUNK), cells).assign();
        }
    }

    /** Points that are assigned together. */
    private final class Chunk {
        private final float[][] points;
        private final int from;
        private final int[] cells;
        private final float[] distances;
        private final int[][] visited;
        private final int[] visitors = new int[tables.length];

        Chunk(float[][] points, int from, int to, int[] cells) {
            this.points = points;
            this.from = from;
            this.cells = cells;
            this.distances = new float[to - from];
            this.visited = new int[to - from][];
        }

        void assign() {
            for (int i = 0; i < visited.length; i++) {
                distances[i] = Float.POSITIVE_INFINITY;
                visited[i] = upper.rank(points[from + i], parents.visits()).cells();
                cells[from + i] = cellsOfParent[visited[i][0]][0];
                for (int parent : visited[i]) {
                    visitors[parent]++;
                }
            }
            for (int parent = 0; parent < tables.length; parent++) {
                if (visitors[parent] > 0) {
                    lookInto(parent);
                }
            }
        }

        private void lookInto(int parent) {
            int[] rows = visitorsOf(parent);
            float[][] gathered = new float[rows.length][];
            for (int i = 0; i < rows.length; i++) {
                gathered[i] = points[from + rows[i]];
            }
            int[] nearest = new int[rows.length];
            new NearestCells(tables[parent], rows.length).find(gathered, 0, rows.length, nearest);
            for (int i = 0; i < rows.length; i++) {
                keepNearer(
                        rows[i], tables[parent].distance(gathered[i], nearest[i]), cellsOfParent[parent][nearest[i]]);
            }
        }

        private int[] visitorsOf(int parent) {
            int[] rows = new int[visitors[parent]];
            int filled = 0;
            for (int row = 0; filled < rows.length; row++) {
                for (int other : visited[row]) {
                    if (other == parent) {
                        rows[filled++] = row;
                    }
                }
            }
            return rows;
        }

        /** Of equals the lower cell, in whatever order the parents come. */
        private void keepNearer(int row, float distance, int cell) {
            boolean equal = distance == distances[row];
            if (distance < distances[row] || (equal && cell < cells[from + row])) {
                distances[row] = distance;
                cells[from + row] = cell;
            }
        }
    }
}
