package io.voronode.engine.clustering;

/** What a training asks and tells the one who ordered it. */
public interface TrainingWatch {

    /** Whether to end the training. Asked about every millisecond, from several threads. */
    boolean cancelled();

    /** So many of the steps of k-means are done; told by the calling thread. */
    default void clustering(int done, int steps) {}

    /** Cells are there and are grouped into shards; told by the calling thread. */
    default void grouping() {}
}
