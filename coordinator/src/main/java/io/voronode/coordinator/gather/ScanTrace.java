package io.voronode.coordinator.gather;

import io.voronode.coordinator.image.CollectionImage;

/**
 * How one query was answered.
 *
 * @param collection as it was searched
 * @param vector as the index compares it; borrowed, nobody changes it
 * @param cells chosen, in all waves
 * @param waves how many there were
 * @param probes shards that were asked, in all waves
 * @param hedges probes that were sent to one more replica, because the first took long
 * @param rankNanos that the engine took to choose the cells
 * @param records that searches see, about; as if the shards that were not asked held as many for each cell
 * @param estimatedRecall mean recall of searches that chose their cells in this way, when they were calibrated; NaN where it is not known
 * @param exact whether nothing was left out: no cell, and no vector by an estimate
 */
@SuppressWarnings("ArrayRecordComponent") // handed on and never compared
public record ScanTrace(
        CollectionImage collection,
        float[] vector,
        int cells,
        int waves,
        int probes,
        int hedges,
        long rankNanos,
        long records,
        double estimatedRecall,
        boolean exact) {}
