package io.voronode.engine.clustering;

import org.jspecify.annotations.Nullable;

/**
 * What k-means found in a sample.
 *
 * @param centroids of the cells
 * @param sizes rows of each cell, none zero
 * @param parents of the cells, where there are many
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
record FoundCells(
        float[][] centroids, int[] sizes, @Nullable ParentCells parents) {

    CellFinder finder() {
        return CellFinder.of(centroids, parents);
    }
}
