package io.voronode.engine.search;

/**
 * The nearest documents that one search found, nearest first, equal distances by document. Owned by the receiver.
 *
 * @param docIds of the whole index reader, not of a segment
 * @param distances internal values of the metric, see {@link io.voronode.engine.simd.Distances}
 * @param counters what it took
 */
@SuppressWarnings("ArrayRecordComponent") // a result, iterated by index and never compared
public record TopHits(int[] docIds, float[] distances, ScanCounters counters) {

    public int size() {
        return docIds.length;
    }
}
