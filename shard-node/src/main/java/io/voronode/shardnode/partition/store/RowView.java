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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
 * opened it; keep it short, or ask {@link #requireOpen} again and again: the store does not close before its views, and a replica that takes
 * over a snapshot serves nothing until then.
 */
public final class RowView implements AutoCloseable {
    private static final byte[] NOTHING = {};

    private final RowStore store;
    private final Lock lock;
    private final Map<ByteString, Long> expiriesFrom;
    private final Snapshot snapshot;
    private final ReadOptions options;

    RowView(RowStore store, Lock lock) {
        this.store = store;
        this.lock = lock;
        // Before the snapshot, which then contains all removals that it speaks of.
        this.expiriesFrom = store.expiriesFrom();
        this.snapshot = store.database().getSnapshot();
        this.options = new ReadOptions().setSnapshot(snapshot);
    }

    /**
     * Fails where the store waits for this view in order to close.
     *
     * @throws io.voronode.wire.VoronodeException.Unavailable if it does
     */
    public void requireOpen() {
        store.requireOpen();
    }

    /** The log position that this view contains; the default message before anything was applied. */
    public StoredAppliedState applied() {
        StoredAppliedState applied = get(Family.META, RowKeys.APPLIED, StoredAppliedState.parser());
        return applied == null ? StoredAppliedState.getDefaultInstance() : applied;
    }

    public @Nullable StoredCollection collection(ByteString uuid) {
        return get(Family.META, RowKeys.meta(RowKeys.COLLECTION, uuid), StoredCollection.parser());
    }

    /** The uuids of the collections that were here and have been dropped. */
    public List<ByteString> droppedCollections() {
        List<ByteString> dropped = new ArrayList<>();
        try (RangeIterator i = prefix(Family.META, RowKeys.DROPPED)) {
            for (; i.valid(); i.next()) {
                dropped.add(ByteString.copyFrom(i.key()).substring(RowKeys.DROPPED.length));
            }
        }
        return dropped;
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

    /** The cell of an entry of family stamps, by {@link RowKeys#stamp}; null where there is none. */
    public @Nullable Integer stampedCell(byte[] stamp) {
        byte[] cell = get(Family.STAMPS, stamp);
        return cell == null ? null : RowKeys.bigEndian(cell);
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

    /**
     * The expiries of a collection up to and with a time. Close it before the view. Begins behind those that are known to be removed: RocksDB
     * keeps deleted keys for a while and passes them one by one.
     */
    public RangeIterator expiries(ByteString uuid, long uptoMs) {
        return range(
                Family.EXPIRIES,
                RowKeys.expiry(uuid, expiriesFrom.getOrDefault(uuid, 0L), NOTHING),
                RowKeys.behindExpiries(uuid, uptoMs));
    }

    /** In this view no row of the collection expires before this time; nor does one in any later view, as far as the time is not behind the log's. */
    public void noneExpiresBefore(ByteString uuid, long timeMs) {
        store.noneExpiresBefore(uuid, Math.min(timeMs, applied().getLogTimeMs()));
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
        return store.parse(parser, bytes);
    }

    private <T extends Message> @Nullable T get(Family family, byte[] key, Parser<T> parser) {
        byte[] bytes = get(family, key);
        return bytes == null ? null : parse(parser, bytes);
    }

    private byte @Nullable [] get(Family family, byte[] key) {
        try {
            return store.database().get(store.handle(family), options, key);
        } catch (RocksDBException e) {
            throw store.error("read", e);
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
