package io.voronode.coordinator.gather;

/** The parts of a search that take time; what is between them is waiting. */
public enum SearchStage {
    /** Texts become vectors. */
    EMBED,
    /** The nearest cells are chosen. */
    RANK,
    /** Shards are asked, all waves together. */
    GATHER,
    /** Documents, vectors and payloads are read from the partitions. */
    FETCH
}
