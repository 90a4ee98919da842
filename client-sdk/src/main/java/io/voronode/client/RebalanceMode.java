package io.voronode.client;

/**
 * Whether replicas move that could stay where they are: to make nodes even, and from nodes that are drained. What is missing, or was lost, is
 * made anew in any mode.
 */
public enum RebalanceMode {
    /** They move. */
    RUNNING,
    /** What moves goes on to its end; nothing more is begun. */
    PAUSED,
    /** What moves is given up where it can be; nothing more is begun. */
    ABORTED
}
