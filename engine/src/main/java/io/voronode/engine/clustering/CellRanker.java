package io.voronode.engine.clustering;

/**
 * Ranks the cells near a query of the {@link CellSpace}. Immutable; any thread.
 *
 * <p>Of few cells all centroids are compared ({@link FlatCells}); of many, those that their codes propose ({@link CodedCells}).
 */
sealed interface CellRanker permits FlatCells, CodedCells {

    /** Cells from which codes pay. */
    int CODED_FROM = 512;

    /** Coordinates from which codes tell enough. */
    int LEAST_CODED = 32;

    static CellRanker of(float[][] centroids) {
        return centroids.length >= CODED_FROM && centroids[0].length >= LEAST_CODED
                ? new CodedCells(centroids)
                : new FlatCells(centroids);
    }

    /** The n cells nearest to a point, n at most the number of cells. */
    RankedCells rank(float[] point, int n);
}
