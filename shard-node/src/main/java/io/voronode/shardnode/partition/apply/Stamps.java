package io.voronode.shardnode.partition.apply;

import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.StoredHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds stamps by generation. */
final class Stamps {
    private Stamps() {}

    static @Nullable Stamp of(List<Stamp> stamps, int generation) {
        for (Stamp stamp : stamps) {
            if (stamp.getGeneration() == generation) {
                return stamp;
            }
        }
        return null;
    }

    static @Nullable Stamp of(@Nullable StoredHead head, int generation) {
        return head == null ? null : of(head.getStampsList(), generation);
    }

    /** The stamps of live generations, ascending. */
    static List<Stamp> live(List<Stamp> stamps, CollectionState collection) {
        return stamps.stream()
                .filter(stamp -> collection.generation(stamp.getGeneration()) != null)
                .toList();
    }
}
