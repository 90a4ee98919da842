package io.voronode.engine.clustering;

import org.jspecify.annotations.Nullable;

/**
 * Finds the nearest cell of points of the {@link CellSpace}. Immutable; any thread.
 *
 * <p>Below about {@value #TWO_LEVELS_FROM} coordinates in all, centroids are scanned one and all ({@link FlatCells}); above, by their
 * parents ({@link TwoLevelCells}).
 */
sealed interface CellFinder permits FlatCells, TwoLevelCells {

    /** Cells × coordinates from which two levels pay. */
    long TWO_LEVELS_FROM = 1_500_000;

    static CellFinder of(float[][] centroids, @Nullable ParentCells parents) {
        return parents == null ? new FlatCells(centroids) : new TwoLevelCells(centroids, parents);
    }

    /** Writes {@code cells[i]}, the cell of {@code points[i]}, for i from {@code from} to {@code to}. */
    void assign(float[][] points, int from, int to, int[] cells);
}
