package io.voronode.engine.clustering;

import org.jspecify.annotations.Nullable;

/**
 * Ranks cells by the codes of their centroids, which propose a few times as many as are wanted; those are compared by their centroids.
 * Points are assigned by another finder. Codes are made for the first ranking, since who only stores records never ranks.
 */
final class CodedCells implements CellFinder {

    private final float[][] centroids;
    private final CellFinder assigner;
    private volatile @Nullable CentroidCodes codes;

    /** Borrows the centroids. */
    CodedCells(float[][] centroids, CellFinder assigner) {
        this.centroids = centroids;
        this.assigner = assigner;
    }

    @Override
    public void assign(float[][] points, int from, int to, int[] cells) {
        assigner.assign(points, from, to, cells);
    }

    @Override
    public RankedCells rank(float[] point, int n) {
        CentroidCodes made = codes;
        CellRanking ranking = CellRanking.ofThread();
        ranking.add(made == null ? makeCodes() : made, point);
        return ranking.nearest(centroids, point, n);
    }

    private synchronized CentroidCodes makeCodes() {
        CentroidCodes made = codes;
        if (made == null) {
            made = new CentroidCodes(centroids);
            codes = made;
        }
        return made;
    }
}
