package io.voronode.shardnode.partition.store;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * What all row stores of a process share: one block cache and one bound for memtables, so that many partitions cost no more memory than
 * few. Closed after the last store.
 */
public final class StoreResources implements AutoCloseable {
    private static final long BLOCK_CACHE_BYTES = 64L << 20;
    private static final long MEMTABLE_BYTES = 256L << 20;
    /** Small, because a store has nine memtables and most of them hold little. */
    private static final long ARENA_BLOCK_BYTES = 128L << 10;

    private static final int MIN_BLOB_BYTES = 256;
    private static final int BACKGROUND_JOBS = 2;
    private static final int OPEN_FILES = 512;

    static {
        RocksDB.loadLibrary();
    }

    private final Cache blockCache = new LRUCache(BLOCK_CACHE_BYTES);
    private final BloomFilter bloomFilter = new BloomFilter(10, false);
    /** What memtables take is charged to a cache of their own: in the block cache it would leave no room for blocks. */
    private final Cache memtableAccount = new LRUCache(1 << 20);

    private final WriteBufferManager memtables = new WriteBufferManager(MEMTABLE_BYTES, memtableAccount);

    /** The caller closes them after the store. */
    DBOptions databaseOptions() {
        return new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                // Without it the applied index can be durable while rows are not: families flush independently.
                .setAtomicFlush(true)
                .setWriteBufferManager(memtables)
                .setMaxBackgroundJobs(BACKGROUND_JOBS)
                .setMaxOpenFiles(OPEN_FILES)
                .setKeepLogFileNum(2)
                .setStatsDumpPeriodSec(0)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL);
    }

    /** The caller closes them after the store. */
    ColumnFamilyOptions familyOptions(Family family) {
        ColumnFamilyOptions options = new ColumnFamilyOptions()
                .setWriteBufferSize(family.memtableBytes())
                .setArenaBlockSize(ARENA_BLOCK_BYTES)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(blockCache)
                        .setFilterPolicy(bloomFilter)
                        .setFormatVersion(5));
        if (family.blobFiles()) {
            options.setEnableBlobFiles(true).setMinBlobSize(MIN_BLOB_BYTES).setEnableBlobGarbageCollection(true);
        }
        return options;
    }

    @Override
    public void close() {
        memtables.close();
        memtableAccount.close();
        bloomFilter.close();
        blockCache.close();
    }
}
