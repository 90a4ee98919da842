package io.voronode.shardnode.partition.store;

import com.google.protobuf.MessageLite;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Changes that become visible and durable together. Belongs to one thread; close it after it was written. */
public final class RowBatch implements AutoCloseable {
    private static final byte[] NOTHING = {};

    private final RowStore store;
    private final WriteBatch batch = new WriteBatch();

    public RowBatch(RowStore store) {
        this.store = store;
    }

    public void put(Family family, byte[] key, MessageLite value) {
        put(family, key, value.toByteArray());
    }

    public void put(Family family, byte[] key, byte[] value) {
        try {
            batch.put(store.handle(family), key, value);
        } catch (RocksDBException e) {
            throw StoreErrors.of("write", store.folder(), e);
        }
    }

    /** Puts a key that says all by being there. */
    public void put(Family family, byte[] key) {
        put(family, key, NOTHING);
    }

    public void delete(Family family, byte[] key) {
        try {
            batch.delete(store.handle(family), key);
        } catch (RocksDBException e) {
            throw StoreErrors.of("write", store.folder(), e);
        }
    }

    /** Deletes the keys from {@code from} up to and without {@code to}. */
    public void deleteRange(Family family, byte[] from, byte[] to) {
        try {
            batch.deleteRange(store.handle(family), from, to);
        } catch (RocksDBException e) {
            throw StoreErrors.of("write", store.folder(), e);
        }
    }

    /** Deletes all keys with this prefix. */
    public void deletePrefix(Family family, byte[] prefix) {
        deleteRange(family, prefix, RowKeys.behind(prefix));
    }

    WriteBatch writeBatch() {
        return batch;
    }

    @Override
    public void close() {
        batch.close();
    }
}
