package io.voronode.shardnode.partition.apply;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.voronode.proto.internal.v1.StoredFeedChange;
import io.voronode.proto.internal.v1.StoredFeedChanges;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RowBatch;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowStore;
import io.voronode.wire.VoronodeException;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one entry while it is applied. Reads of heads see the entry's own earlier changes, and the feed rows of a shard are
 * gathered into one. Owned by the apply thread.
 */
final class EntryBatch implements AutoCloseable {
    private record ShardKey(ByteString uuid, int generation, int shard) implements Comparable<ShardKey> {
        @Override
        public int compareTo(ShardKey other) {
            int byUuid = ByteString.unsignedLexicographicalComparator().compare(uuid, other.uuid);
            int byGeneration = byUuid != 0 ? byUuid : Integer.compare(generation, other.generation);
            return byGeneration != 0 ? byGeneration : Integer.compare(shard, other.shard);
        }
    }

    private final RowStore store;
    private final long index;
    private final RowBatch batch;
    /** Only looked up, never iterated. An absent value: the row is deleted by this entry. */
    private final Map<ByteString, @Nullable StoredHead> heads = new HashMap<>();

    private final SortedMap<ShardKey, StoredFeedChanges.Builder> feed = new TreeMap<>();
    private final SortedSet<ByteString> changedCollections =
            new TreeSet<>(ByteString.unsignedLexicographicalComparator());

    EntryBatch(RowStore store, long index) {
        this.store = store;
        this.index = index;
        this.batch = new RowBatch(store);
    }

    long index() {
        return index;
    }

    RowBatch rows() {
        return batch;
    }

    @Nullable
    StoredHead head(byte[] row) {
        ByteString key = ByteString.copyFrom(row);
        return heads.containsKey(key) ? heads.get(key) : storedHead(row);
    }

    private @Nullable StoredHead storedHead(byte[] row) {
        return stored(Family.HEADS, row, StoredHead.parser());
    }

    /** What the store holds, without this entry's own changes: an entry writes a row once. */
    <T> @Nullable T stored(Family family, byte[] row, Parser<T> parser) {
        byte[] bytes = store.get(family, row);
        if (bytes == null) {
            return null;
        }
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new VoronodeException.Corruption(
                    "row store " + store.folder() + " holds a damaged value in " + family, e);
        }
    }

    void putHead(byte[] row, StoredHead head) {
        heads.put(ByteString.copyFrom(row), head);
        batch.put(Family.HEADS, row, head);
    }

    void deleteHead(byte[] row) {
        heads.put(ByteString.copyFrom(row), null);
        batch.delete(Family.HEADS, row);
    }

    void feedAdd(ByteString uuid, int generation, int shard, String key) {
        feedOf(uuid, generation, shard).addChanges(StoredFeedChange.newBuilder().setKey(key));
    }

    void feedRemove(ByteString uuid, int generation, int shard, String key) {
        feedOf(uuid, generation, shard)
                .addChanges(StoredFeedChange.newBuilder().setKey(key).setRemoved(true));
    }

    private StoredFeedChanges.Builder feedOf(ByteString uuid, int generation, int shard) {
        return feed.computeIfAbsent(new ShardKey(uuid, generation, shard), _ -> StoredFeedChanges.newBuilder());
    }

    /** The collection's state is written with this entry. */
    void changed(ByteString uuid) {
        changedCollections.add(uuid);
    }

    /** Adds feed rows, collections and the applied state, and writes everything at once. */
    void write(PartitionState state) {
        feed.forEach((key, changes) ->
                batch.put(Family.FEED, RowKeys.feed(key.uuid, key.generation, key.shard, index), changes.build()));
        for (ByteString uuid : changedCollections) {
            CollectionState collection = state.collection(uuid);
            if (collection != null) {
                batch.put(Family.META, RowKeys.meta(RowKeys.COLLECTION, uuid), collection.stored());
            }
        }
        batch.put(Family.META, RowKeys.APPLIED, state.applied().build());
        store.write(batch);
    }

    @Override
    public void close() {
        batch.close();
    }
}
