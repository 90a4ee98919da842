package io.voronode.client;

/** Where a generation of an index is in its life. */
public enum GenerationState {
    /** Cells are being trained on a sample. */
    TRAINING,
    /** Records are being stamped with its cells and its shards are being filled. */
    BUILDING,
    /** It answers searches. */
    SERVING,
    /** It was replaced or abandoned and is being removed. */
    ENDING
}
