package io.voronode.coordinator.image;

import io.voronode.proto.internal.v1.CollectionSpec;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One collection with the generations that are complete. Searches use {@link #servingGeneration()}; writes carry stamps for all
 * of {@link #generations()}: those that partitions have not begun, or have ended, are ignored there.
 *
 * @param dropping it takes no more requests
 * @param restoring a snapshot is being written into it: only who does that sees it
 * @param serving number of the generation that answers searches; always among the generations
 * @param generations by number
 */
public record CollectionImage(
        CollectionSpec spec,
        boolean dropping,
        boolean restoring,
        int serving,
        SortedMap<Integer, GenerationImage> generations) {

    public CollectionImage {
        generations = Collections.unmodifiableSortedMap(new TreeMap<>(generations));
        if (!generations.containsKey(serving)) {
            throw new IllegalArgumentException("generation " + serving + " of collection \"" + spec.getName()
                    + "\" serves but only " + generations.keySet() + " are complete");
        }
    }

    public GenerationImage servingGeneration() {
        return Objects.requireNonNull(generations.get(serving), "checked when made");
    }
}
