package io.voronode.coordinator.image;

import io.voronode.proto.internal.v1.CollectionNode;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ServingNode;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A collection as the tree has it.
 *
 * @param serving null until the collection takes its first writes
 * @param generations by number
 */
public record CollectionTree(
        Versioned<CollectionNode> config,
        @Nullable Versioned<ServingNode> serving,
        SortedMap<Integer, GenerationTree> generations) {
    public CollectionTree {
        generations = Collections.unmodifiableSortedMap(new TreeMap<>(generations));
    }

    public CollectionNode node() {
        return config.value();
    }

    public CollectionSpec spec() {
        return node().getSpec();
    }

    /** Whether a snapshot is being written into it. */
    public boolean restoring() {
        return !node().getRestoringCoordinator().isEmpty();
    }

    public boolean dropping() {
        return node().getDropping();
    }
}
