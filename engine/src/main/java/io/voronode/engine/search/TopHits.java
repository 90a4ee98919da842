package io.voronode.engine.search;

/**
 * The nearest documents that one search found, nearest first, equal distances by document. Owned by the receiver.
 *
 * @param docIds of the whole index reader, not of a segment
 * @param distances internal values of the metric, see {@link io.voronode.engine.simd.Distances}
 * @param counters what it took
 * @param accepted live documents of the index that match the filter; without a filter, all
 * @param exactFiltered whether all accepted documents were compared, in place of the cells
 */
@SuppressWarnings("ArrayRecordComponent") // a result, iterated by index and never compared
public record TopHits(int[] docIds, float[] distances, ScanCounters counters, long accepted, boolean exactFiltered) {

    public int size() {
        return docIds.length;
    }
}
