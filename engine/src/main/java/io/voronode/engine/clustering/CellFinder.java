package io.voronode.engine.clustering;

import org.jspecify.annotations.Nullable;

/**
 * Finds the cells near a point of the {@link CellSpace}. Immutable; any thread.
 *
 * <p>Below about {@value #TWO_LEVELS_FROM} coordinates in all, centroids are scanned one and all ({@link FlatCells});
 * above, where that would take longer than scanning the cells themselves, by their parents ({@link TwoLevelCells}). For queries, which
 * want many cells ranked, codes propose ({@link CodedCells}).
 */
sealed interface CellFinder permits FlatCells, TwoLevelCells, CodedCells {

    /** Cells × coordinates from which two levels pay: 60 µs a query for one level. */
    long TWO_LEVELS_FROM = 1_500_000;

    /** Cells from which codes of their centroids pay when they are ranked. */
    int CODED_FROM = 512;

    /** Coordinates from which codes tell enough. */
    int LEAST_CODED = 32;

    static CellFinder of(float[][] centroids, @Nullable ParentCells parents) {
        CellFinder finder = parents == null ? new FlatCells(centroids) : new TwoLevelCells(centroids, parents);
        boolean coded = centroids.length >= CODED_FROM && centroids[0].length >= LEAST_CODED;
        return coded ? new CodedCells(centroids, finder) : finder;
    }

    /** Writes {@code cells[i]}, the cell of {@code points[i]}, for i from {@code from} to {@code to}. */
    void assign(float[][] points, int from, int to, int[] cells);

    /** The n cells nearest to a point, n at most the number of cells. */
    RankedCells rank(float[] point, int n);
}
