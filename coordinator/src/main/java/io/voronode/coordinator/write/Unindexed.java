package io.voronode.coordinator.write;

import io.voronode.coordinator.image.CollectionImage;
import java.util.List;

/** What was written and searches may not see yet; {@link RecordWriter#awaitIndexed} waits until they do. Immutable. */
public final class Unindexed {
    private final CollectionImage collection;
    private final List<Applied> applied;

    Unindexed(CollectionImage collection, List<Applied> applied) {
        this.collection = collection;
        this.applied = List.copyOf(applied);
    }

    CollectionImage collection() {
        return collection;
    }

    List<Applied> applied() {
        return applied;
    }
}
