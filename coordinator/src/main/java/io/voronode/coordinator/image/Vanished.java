package io.voronode.coordinator.image;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collections that went from the tree without being dropped first. Whoever deletes a tree does not do it at once, so what goes before its
 * {@code format} may be lost with it: it stays in the image for a while, and for good if the rest follows. Used by the image's thread.
 */
final class Vanished {
    private static final long KEPT_NANOS = 10_000_000_000L;
    private static final long REMEMBERED_NANOS = 60_000_000_000L;

    private record Lost(CollectionImage collection, long nanos) {}

    private final Map<String, Lost> lost = new HashMap<>();

    /** Whether there is anything that does not stay for good. */
    boolean isEmpty() {
        return lost.isEmpty();
    }

    /**
     * The image with what has vanished.
     *
     * @param last the image before
     * @param next the one that was made of the tree
     */
    ClusterImage keep(ClusterImage last, ClusterImage next, TreeSnapshot tree, long nowNanos) {
        lost.values().removeIf(old -> nowNanos - old.nanos() > REMEMBERED_NANOS);
        last.collections().forEach((name, collection) -> {
            if (!collection.dropping() && !next.collections().containsKey(name)) {
                lost.putIfAbsent(name, new Lost(collection, nowNanos));
            }
        });
        lost.entrySet()
                .removeIf(old -> next.collections().containsKey(old.getKey())
                        || isGone(
                                old.getValue().collection(), tree.collections().get(old.getKey())));
        Map<String, CollectionImage> collections = new HashMap<>(next.collections());
        lost.forEach((name, old) -> {
            if (tree.format() == null || nowNanos - old.nanos() <= KEPT_NANOS) {
                collections.put(name, old.collection());
            }
        });
        return new ClusterImage(
                next.clusterUuid(),
                next.partitionCount(),
                next.nodes(),
                next.coordinators(),
                next.controller(),
                next.partitions(),
                collections,
                next.incomplete());
    }

    /** Whether the tree says that it is not there any more. */
    private static boolean isGone(CollectionImage collection, @Nullable CollectionTree inTree) {
        return inTree != null
                && (inTree.dropping()
                        || !inTree.spec().getUuid().equals(collection.spec().getUuid()));
    }
}
