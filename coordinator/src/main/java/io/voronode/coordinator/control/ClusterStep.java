package io.voronode.coordinator.control;

/** One concern of the cluster as a whole. Derived from the pass alone, idempotent; the controller's thread runs it. */
@FunctionalInterface
interface ClusterStep {
    void run(Pass pass);

    /** Another reign begins: what was remembered for patience is old. */
    default void forget() {}
}
