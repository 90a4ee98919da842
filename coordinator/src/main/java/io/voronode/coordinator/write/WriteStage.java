package io.voronode.coordinator.write;

/** The parts of a write that take time. */
public enum WriteStage {
    /** Texts become vectors. */
    EMBED,
    /** Records are validated, and get the cells that they belong to; without embedding. */
    PREPARE,
    /** Records are on their way to the partitions, until all are acknowledged or given up. */
    REPLICATE,
    /** Searches are waited for to see the records, where the caller wants that. */
    INDEX
}
