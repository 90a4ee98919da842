package io.voronode.engine.clustering;

import java.util.List;

/**
 * An index as a {@link CalibrationRun} sees it. Called by one thread; may block.
 *
 * @param <K> what rows are known by
 */
public interface CalibratedIndex<K> {

    /** The hits of each search, in no order; at most k, more where its cells are spread over shards. */
    List<List<Hit<K>>> search(List<Scan> scans, Accuracy accuracy);

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
     * @param cell it was found in
     */
    record Hit<K>(K key, float distance, int cell) {}

    /**
     * A search of the nearest cells.
     *
     * @param vector normalised for COSINE
     * @param k hits wanted
     * @param ranked all cells, nearest first
     * @param cells how many of them to scan
     */
    @SuppressWarnings("ArrayRecordComponent") // a request, read once and never compared
    record Scan(float[] vector, int k, RankedCells ranked, int cells) {}
}
