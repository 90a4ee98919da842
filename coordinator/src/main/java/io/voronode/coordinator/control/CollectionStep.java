package io.voronode.coordinator.control;

import io.voronode.coordinator.image.CollectionTree;

/** One concern of a collection. Derived from the pass alone, idempotent; the controller's thread runs it. */
@FunctionalInterface
interface CollectionStep {
    /** Returns whether the tree was changed: then nothing more is decided about this collection from the tree as it was. */
    boolean run(Pass pass, CollectionTree collection);

    /** This coordinator is no longer the controller: what it has seen since when counts no more. */
    default void forget() {}
}
