package io.voronode.engine.search;

import java.util.Arrays;

/**
 * The nearest documents that one search found, nearest first, equal distances by document. Owned by the receiver.
 *
 * @param docIds of the whole index reader, not of a segment
 * @param distances internal values of the metric, see {@link io.voronode.engine.simd.Distances}
 * @param cells in which they were met; {@link #NO_CELL} where it was not by a cell that they were found
 * @param counters what it took
 * @param accepted live documents of the index that have not expired and match the filter; without a filter, all that have not expired
 * @param exactFiltered whether all accepted documents were compared, in place of the cells
 */
@SuppressWarnings("ArrayRecordComponent") // a result, iterated by index and never compared
public record TopHits(
        int[] docIds, float[] distances, int[] cells, ScanCounters counters, long accepted, boolean exactFiltered) {

    /** Of a hit of a segment without posting lists, or of all documents that a filter accepts. */
    public static final int NO_CELL = -1;

    public int size() {
        return docIds.length;
    }

    /** So many of the nearest. */
    public TopHits nearest(int count) {
        return count == size()
                ? this
                : new TopHits(
                        Arrays.copyOf(docIds, count),
                        Arrays.copyOf(distances, count),
                        Arrays.copyOf(cells, count),
                        counters,
                        accepted,
                        exactFiltered);
    }
}
