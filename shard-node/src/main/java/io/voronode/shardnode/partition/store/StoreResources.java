package io.voronode.shardnode.partition.store;

import java.util.EnumSet;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.HistogramType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;
import org.rocksdb.WriteBufferManager;

/**
 * What all row stores of a process share: one block cache and one bound for memtables, so that many partitions cost no more memory than
 * few, and the count of what they write. Closed after the last store.
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

    /** Counts only: histograms would read the clock at every read and write. */
    private final Statistics statistics =
            new Statistics(EnumSet.complementOf(EnumSet.of(HistogramType.HISTOGRAM_ENUM_MAX)));

    private boolean closed;

    private final WriteBufferManager memtables = new WriteBufferManager(MEMTABLE_BYTES, memtableAccount);

    /** The caller closes them after the store. */
    DBOptions databaseOptions() {
        return new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                // Without it the applied index can be durable while rows are not: families flush independently.
                .setAtomicFlush(true)
                .setWriteBufferManager(memtables)
                .setStatistics(statistics)
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
        if (family.inOrder()) {
            // Files of levels that do not overlap are never merged, only moved: each snapshot would leave one more,
            // however small.
            options.setCompactionStyle(CompactionStyle.UNIVERSAL);
        }
        return options;
    }

    /** Bytes of files that memtables were written to, since the start. */
    public long flushedBytes() {
        return count(TickerType.FLUSH_WRITE_BYTES);
    }

    /** Bytes of files that took the place of others, since the start. */
    public long compactedBytes() {
        return count(TickerType.COMPACT_WRITE_BYTES);
    }

    private synchronized long count(TickerType ticker) {
        return closed ? 0 : statistics.getTickerCount(ticker);
    }

    @Override
    public synchronized void close() {
        closed = true;
        memtables.close();
        memtableAccount.close();
        bloomFilter.close();
        blockCache.close();
        statistics.close();
    }
}
