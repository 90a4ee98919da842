package io.voronode.engine.search;

import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one shard is asked. Arrays are borrowed until the search returns.
 *
 * @param vector normalised for COSINE
 * @param k hits wanted, 1 to {@link #MAX_K}
 * @param cells cells to scan, nearest first, each once; none gives no hits
 * @param centroidDistances squared distance from the query to the centroid of each cell
 * @param bound hits beyond this internal distance are not wanted; +∞ for none
 * @param epsilon how far a vector's estimated distance may be from its true one before it may be left out, in standard deviations: {@link
 *     #DEFAULT_EPSILON}, less for speed, more for recall; {@link #EXACT} compares the vectors themselves
 * @param ef hits that are kept while the graph of a segment of kind HNSW is walked, 1 to {@link #MAX_K}; never fewer than k are. Others do not
 *     look at it.
 * @param filter which documents may be hits; null for all
 * @param cancelled asked often during the scan; true ends it with a CancellationException
 */
@SuppressWarnings("ArrayRecordComponent") // a request, read once and never compared
public record CellQuery(
        float[] vector,
        int k,
        int[] cells,
        float[] centroidDistances,
        float bound,
        float epsilon,
        int ef,
        @Nullable QueryFilter filter,
        BooleanSupplier cancelled) {

    public static final int MAX_K = 10_000;

    /** Cells are numbered below this, which bounds what it takes to see that they are distinct. */
    public static final int MAX_CELLS = 1 << 26;

    /** Leaves out about one in 70 of the vectors whose estimate is all that speaks against them. The papers' 1.9 leaves out one in 35: measured
     * to save nothing at a recall of 0.9, and to cost a sixth more time at 0.99, where more cells have to make up for it. */
    public static final float DEFAULT_EPSILON = 2.2f;

    /** No estimates: every vector of the cells is compared. */
    public static final float EXACT = Float.POSITIVE_INFINITY;

    /** Hits kept in a graph's walk by those who do not choose. */
    public static final int DEFAULT_EF = 100;

    /** For indexes without graphs. */
    public CellQuery(
            float[] vector,
            int k,
            int[] cells,
            float[] centroidDistances,
            float bound,
            float epsilon,
            @Nullable QueryFilter filter,
            BooleanSupplier cancelled) {
        this(vector, k, cells, centroidDistances, bound, epsilon, DEFAULT_EF, filter, cancelled);
    }

    public CellQuery {
        if (k < 1 || k > MAX_K) {
            throw new IllegalArgumentException("k " + k + " is not in 1.." + MAX_K);
        }
        if (cells.length != centroidDistances.length) {
            throw new IllegalArgumentException(
                    cells.length + " cells with " + centroidDistances.length + " centroid distances");
        }
        if (ef < 1 || ef > MAX_K) {
            throw new IllegalArgumentException("ef " + ef + " is not in 1.." + MAX_K);
        }
        requireDistinct(cells);
        if (Float.isNaN(bound)) {
            throw new IllegalArgumentException("bound is NaN");
        }
        if (!(epsilon >= 0)) {
            throw new IllegalArgumentException("epsilon " + epsilon + " < 0");
        }
    }

    private static void requireDistinct(int[] cells) {
        int highest = -1;
        for (int cell : cells) {
            if (cell < 0 || cell >= MAX_CELLS) {
                throw new IllegalArgumentException("cell " + cell + " is not in 0.." + (MAX_CELLS - 1));
            }
            highest = Math.max(highest, cell);
        }
        long[] seen = new long[(highest >> 6) + 1];
        for (int cell : cells) {
            long bit = 1L << cell;
            if ((seen[cell >> 6] & bit) != 0) {
                throw new IllegalArgumentException("a cell is named twice in " + Arrays.toString(cells));
            }
            seen[cell >> 6] |= bit;
        }
    }
}
