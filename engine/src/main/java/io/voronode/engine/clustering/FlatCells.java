package io.voronode.engine.clustering;

import java.util.Arrays;

/** One level: every centroid is looked at, and the nearest is the nearest. */
final class FlatCells implements CellFinder, CellRanker {

    private final float[][] centroids;
    private final CentroidTable table;
    private final int[] numbers;

    /** Borrows the centroids. */
    FlatCells(float[][] centroids) {
        this(centroids, new float[centroids.length]);
    }

    /** Each cell is farther away by its penalty, which is added to squared distances, when points are assigned. */
    FlatCells(float[][] centroids, float[] penalties) {
        this.centroids = centroids;
        this.table = new CentroidTable(centroids, penalties);
        this.numbers = new int[centroids.length];
        Arrays.setAll(numbers, cell -> cell);
    }

    @Override
    public void assign(float[][] points, int from, int to, int[] cells) {
        new NearestCells(table, to - from).find(points, from, to, cells);
    }

    @Override
    public RankedCells rank(float[] point, int n) {
        CellRanking ranking = CellRanking.ofThread();
        ranking.add(table, numbers, point);
        return ranking.nearest(centroids, point, n);
    }
}
