package io.voronode.shardnode.partition.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.voronode.proto.internal.v1.StoredAppliedState;
import io.voronode.proto.internal.v1.StoredBlobChunk;
import io.voronode.proto.internal.v1.StoredBody;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.proto.internal.v1.StoredDocument;
import io.voronode.proto.internal.v1.StoredHead;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Range;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.SizeApproximationFlag;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/**
 * The row store as of one log position: rows, feed and counters agree, because each entry is one batch. Belongs to the thread that
 * opened it; keep it short.
 */
public final class RowView implements AutoCloseable {
    private final RowStore store;
    private final Lock lock;
    private final Snapshot snapshot;
    private final ReadOptions options;

    RowView(RowStore store, Lock lock) {
        this.store = store;
        this.lock = lock;
        this.snapshot = store.database().getSnapshot();
        this.options = new ReadOptions().setSnapshot(snapshot);
    }

    /** The log position that this view contains; the default message before anything was applied. */
    public StoredAppliedState applied() {
        StoredAppliedState applied = get(Family.META, RowKeys.APPLIED, StoredAppliedState.parser());
        return applied == null ? StoredAppliedState.getDefaultInstance() : applied;
    }

    public @Nullable StoredCollection collection(ByteString uuid) {
        return get(Family.META, RowKeys.meta(RowKeys.COLLECTION, uuid), StoredCollection.parser());
    }

    /** Whether the collection was here and has been dropped. */
    public boolean dropped(ByteString uuid) {
        return get(Family.META, RowKeys.meta(RowKeys.DROPPED, uuid)) != null;
    }

    public @Nullable StoredHead head(byte[] row) {
        return get(Family.HEADS, row, StoredHead.parser());
    }

    public @Nullable StoredBody body(byte[] row) {
        return get(Family.BODIES, row, StoredBody.parser());
    }

    public @Nullable StoredDocument document(byte[] row) {
        return get(Family.DOCUMENTS, row, StoredDocument.parser());
    }

    public @Nullable StoredBlobChunk blobChunk(ByteString digest, int chunk) {
        return get(Family.BLOBS, RowKeys.blob(digest, chunk), StoredBlobChunk.parser());
    }

    /** The keys of a family from one key up to and without another. Close it before the view. */
    public RangeIterator range(Family family, byte[] from, byte[] to) {
        return new RangeIterator(store, snapshot, family, from, to);
    }

    /** The keys of a family with this prefix. Close it before the view. */
    public RangeIterator prefix(Family family, byte[] prefix) {
        return range(family, prefix, RowKeys.behind(prefix));
    }

    /** Roughly, the bytes that a family's rows take between two keys, in memory and on disk. */
    public long approximateBytes(Family family, byte[] from, byte[] to) {
        try (Slice first = new Slice(from);
                Slice behindLast = new Slice(to)) {
            return store.database()
                    .getApproximateSizes(
                            store.handle(family),
                            List.of(new Range(first, behindLast)),
                            SizeApproximationFlag.INCLUDE_FILES,
                            SizeApproximationFlag.INCLUDE_MEMTABLES)[0];
        }
    }

    /** Reads a value that this view's iterators gave. */
    public <T extends Message> T parse(Parser<T> parser, byte[] bytes) {
        return StoreErrors.parse(parser, bytes, store.folder());
    }

    private <T extends Message> @Nullable T get(Family family, byte[] key, Parser<T> parser) {
        byte[] bytes = get(family, key);
        return bytes == null ? null : parse(parser, bytes);
    }

    private byte @Nullable [] get(Family family, byte[] key) {
        try {
            return store.database().get(store.handle(family), options, key);
        } catch (RocksDBException e) {
            throw StoreErrors.of("read", store.folder(), e);
        }
    }

    @Override
    public void close() {
        options.close();
        store.database().releaseSnapshot(snapshot);
        snapshot.close();
        lock.unlock();
    }
}
