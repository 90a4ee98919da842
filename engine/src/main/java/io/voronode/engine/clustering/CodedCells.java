package io.voronode.engine.clustering;

import org.jspecify.annotations.Nullable;

/**
 * Ranks cells by the codes of their centroids, which propose a few times as many as are wanted; those are compared by their centroids. Codes
 * are made for the first ranking, since who only stores records never ranks.
 */
final class CodedCells implements CellRanker {

    private final float[][] centroids;
    private volatile @Nullable CentroidCodes codes;

    /** Borrows the centroids. */
    CodedCells(float[][] centroids) {
        this.centroids = centroids;
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
