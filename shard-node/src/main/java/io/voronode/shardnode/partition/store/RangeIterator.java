package io.voronode.shardnode.partition.store;

import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/** Walks the keys of one family in order, from a key up to and without another. Belongs to one thread. */
public final class RangeIterator implements AutoCloseable {
    private final RowStore store;
    private final Slice bound;
    private final ReadOptions options;
    private final RocksIterator iterator;

    RangeIterator(RowStore store, Snapshot snapshot, Family family, byte[] from, byte[] to) {
        this.store = store;
        this.bound = new Slice(to);
        this.options = new ReadOptions().setSnapshot(snapshot).setIterateUpperBound(bound);
        this.iterator = store.database().newIterator(store.handle(family), options);
        iterator.seek(from);
    }

    /** Whether there is a key here; the other methods need it. */
    public boolean valid() {
        if (iterator.isValid()) {
            return true;
        }
        try {
            iterator.status();
            return false;
        } catch (RocksDBException e) {
            throw store.error("read", e);
        }
    }

    public byte[] key() {
        return iterator.key();
    }

    public byte[] value() {
        return iterator.value();
    }

    public void next() {
        iterator.next();
    }

    /** Jumps to the first key that is not before this one. */
    public void seek(byte[] key) {
        iterator.seek(key);
    }

    @Override
    public void close() {
        iterator.close();
        options.close();
        bound.close();
    }
}
