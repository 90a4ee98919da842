package io.voronode.shardnode.partition.apply;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.StoredAppliedState;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowStore;
import io.voronode.shardnode.partition.store.RowView;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What apply keeps in memory of family meta, beside the rows: positions, counters, collections. Owned by the apply thread. */
final class PartitionState {
    private final SortedMap<ByteString, CollectionState> collections =
            new TreeMap<>(ByteString.unsignedLexicographicalComparator());
    private final Set<ByteString> dropped = new HashSet<>();
    private final StoredAppliedState.Builder applied;

    private PartitionState(StoredAppliedState applied) {
        this.applied = applied.toBuilder();
    }

    static PartitionState load(RowStore store) {
        try (RowView view = store.view()) {
            PartitionState state = new PartitionState(view.applied());
            state.loadCollections(view);
            state.loadDropped(view);
            return state;
        }
    }

    private void loadCollections(RowView view) {
        try (RangeIterator i = view.prefix(Family.META, RowKeys.COLLECTION)) {
            for (; i.valid(); i.next()) {
                StoredCollection stored = view.parse(StoredCollection.parser(), i.value());
                collections.put(stored.getSpec().getUuid(), CollectionState.of(stored));
            }
        }
    }

    private void loadDropped(RowView view) {
        try (RangeIterator i = view.prefix(Family.META, RowKeys.DROPPED)) {
            for (; i.valid(); i.next()) {
                ByteBuffer uuid = ByteBuffer.wrap(i.key()).position(RowKeys.DROPPED.length);
                dropped.add(ByteString.copyFrom(uuid));
            }
        }
    }

    long term() {
        return applied.getTerm();
    }

    long index() {
        return applied.getIndex();
    }

    long logTimeMs() {
        return applied.getLogTimeMs();
    }

    long resultClockMs() {
        return applied.getResultClockMs();
    }

    /** Changed by the parts of apply in their own fields only. */
    StoredAppliedState.Builder applied() {
        return applied;
    }

    @Nullable
    CollectionState collection(ByteString uuid) {
        return collections.get(uuid);
    }

    SortedMap<ByteString, CollectionState> collections() {
        return collections;
    }

    /** Whether a live generation of any collection has this cell map. */
    boolean usesCellMap(ByteString digest) {
        return collections.values().stream()
                .flatMap(collection -> collection.generations().stream())
                .anyMatch(generation -> generation.digest().equals(digest));
    }

    boolean isDropped(ByteString uuid) {
        return dropped.contains(uuid);
    }

    void drop(ByteString uuid) {
        collections.remove(uuid);
        dropped.add(uuid);
    }
}
