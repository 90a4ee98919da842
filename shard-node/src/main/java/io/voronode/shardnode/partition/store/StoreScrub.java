package io.voronode.shardnode.partition.store;

import io.voronode.wire.VoronodeException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Reads all rows of a store, tables and blob files, and so finds damage in what nobody asks for: RocksDB compares checksums of whatever it
 * reads. Goes on where it was with each step, so that between two of them the store may close. Belongs to one thread.
 */
public final class StoreScrub {
    private final Family[] families = Family.values();
    private int family;
    private byte @Nullable [] next;

    /**
     * Reads on, up to about so many bytes.
     *
     * @return the bytes that were read; 0: all has been read, and the next step begins anew
     * @throws VoronodeException.Corruption if the store is damaged there
     */
    public long step(RowStore store, long bytes) {
        long read = 0;
        try (RowView _ = store.view()) {
            while (read < bytes && family < families.length) {
                read += read(store, families[family], bytes - read);
                if (next == null) {
                    family++;
                }
            }
        }
        if (read == 0) {
            family = 0;
        }
        return read;
    }

    /** Reads everything in a store that nobody else uses yet, with what belongs to no row any more. */
    public static void readAll(RowStore store) {
        StoreScrub scrub = new StoreScrub();
        while (scrub.step(store, Long.MAX_VALUE) > 0) {}
        try {
            store.database().verifyChecksum();
        } catch (RocksDBException e) {
            throw store.error("verify", e);
        }
    }

    private long read(RowStore store, Family from, long bytes) {
        long read = 0;
        try (ReadOptions options = new ReadOptions().setFillCache(false).setVerifyChecksums(true);
                RocksIterator rows = store.database().newIterator(store.handle(from), options)) {
            if (next == null) {
                rows.seekToFirst();
            } else {
                rows.seek(next);
            }
            for (; rows.isValid() && read < bytes; rows.next()) {
                read += rows.key().length + rows.value().length;
            }
            rows.status();
            next = rows.isValid() ? rows.key() : null;
            return read;
        } catch (RocksDBException e) {
            throw store.error("read", e);
        }
    }
}
