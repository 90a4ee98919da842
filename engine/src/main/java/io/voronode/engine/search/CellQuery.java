package io.voronode.engine.search;

import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * What one shard is asked. Arrays are borrowed until the search returns.
 *
 * @param vector normalised for COSINE
 * @param k hits wanted, 1 to {@link #MAX_K}
 * @param cells cells to scan, in that order, each once; none gives no hits
 * @param centroidDistances squared distance from the query to the centroid of each cell
 * @param bound hits beyond this internal distance are not wanted; +∞ for none
 * @param cancelled asked often during the scan; true ends it with a CancellationException
 */
@SuppressWarnings("ArrayRecordComponent") // a request, read once and never compared
public record CellQuery(
        float[] vector, int k, int[] cells, float[] centroidDistances, float bound, BooleanSupplier cancelled) {

    public static final int MAX_K = 10_000;

    public CellQuery {
        if (k < 1 || k > MAX_K) {
            throw new IllegalArgumentException("k " + k + " is not in 1.." + MAX_K);
        }
        if (cells.length != centroidDistances.length) {
            throw new IllegalArgumentException(
                    cells.length + " cells with " + centroidDistances.length + " centroid distances");
        }
        if (Arrays.stream(cells).distinct().count() != cells.length) {
            throw new IllegalArgumentException("a cell is named twice in " + Arrays.toString(cells));
        }
        if (Float.isNaN(bound)) {
            throw new IllegalArgumentException("bound is NaN");
        }
    }
}
