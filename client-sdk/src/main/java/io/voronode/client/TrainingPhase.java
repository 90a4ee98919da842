package io.voronode.client;

/** The steps of a training, in their order. */
public enum TrainingPhase {
    /** Records are read from all partitions. */
    SAMPLING,
    /** Cells are found by k-means. */
    CLUSTERING,
    /** Cells are grouped into shards. */
    GROUPING,
    /** The cell map goes to where all processes find it. */
    STORING
}
