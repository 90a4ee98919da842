package io.voronode.engine.clustering;

import java.util.List;

/**
 * An index as a {@link CalibrationRun} sees it. Called by one thread; may block.
 *
 * @param <K> what rows are known by
 */
public interface CalibratedIndex<K> {

    /** The hits of each search by its groups, in no order; at most k of each group, more where the group is spread over shards. */
    List<List<List<Hit<K>>>> search(List<GroupedSearch> searches, Accuracy accuracy);

    /** How much a search may miss in the cells that it scans. */
    enum Accuracy {
        /** As much as searches of users. */
        USUAL,
        /** As good as nothing. */
        SURE
    }

    /**
     * A row that was found.
     *
     * @param distance the internal value of the metric
     */
    record Hit<K>(K key, float distance) {}

    /**
     * A search whose cells are in groups.
     *
     * @param vector normalised for COSINE
     * @param k hits wanted of each group
     * @param bound hits beyond this internal distance are not wanted; +∞ for none
     * @param ranked all cells, nearest first
     * @param groupEnds rank behind the last cell of each group, ascending; the first group begins at rank 0, cells behind the
     *     last group are not scanned
     */
    @SuppressWarnings("ArrayRecordComponent") // a request, read once and never compared
    record GroupedSearch(float[] vector, int k, float bound, RankedCells ranked, int[] groupEnds) {

        public int groupCount() {
            return groupEnds.length;
        }

        public int groupStart(int group) {
            return group == 0 ? 0 : groupEnds[group - 1];
        }

        public int groupEnd(int group) {
            return groupEnds[group];
        }
    }
}
