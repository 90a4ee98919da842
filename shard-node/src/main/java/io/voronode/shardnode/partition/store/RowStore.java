package io.voronode.shardnode.partition.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * The rows of one partition replica, in RocksDB. One thread writes (the one that applies the log); any thread reads, through {@link
 * RowView}s. The store has no log of its own: what was written after the last flush is lost by a crash and comes again from the
 * Raft log, so every batch carries the log position that it makes true, and all families flush together.
 *
 * <p>In keys, {@code uuid} is the 16 raw bytes of a collection's uuid, {@code key} is the user's key in UTF-8, {@code gen}, {@code shard}
 * and {@code chunk} are int32 and {@code index} and {@code time} int64, all big-endian. Values are the messages of {@code
 * voronode/internal/v1/partition_store.proto} unless said otherwise.
 *
 * <h2>heads</h2>
 * {@code uuid key} → StoredHead: version, update time, expiry, stamps. All that apply reads of a row, unless it changes its payload.
 *
 * <h2>bodies</h2>
 * {@code uuid key} → StoredBody: vector and payload; values of 256 bytes and more lie in blob files.
 *
 * <h2>documents</h2>
 * {@code uuid key} → StoredDocument: media type and bytes, in blob files likewise; present where the head says so.
 *
 * <h2>stamps</h2>
 * {@code uuid gen shard key} → cell (int32). The rows of a shard in key order. Dies by DeleteRange when the generation ends.
 *
 * <h2>expiries</h2>
 * {@code uuid time key} → nothing. The rows of a collection that expire, in the order in which they do. A time is never before the log time
 * at which it was put there.
 *
 * <h2>feed</h2>
 * {@code uuid gen shard index} → StoredFeedChanges: what the entry at this index changed in the shard. Trimmed through the log.
 *
 * <h2>results</h2>
 * {@code request id (16 bytes), index} → StoredResults: the answers of the entry at this index to the request, found again by ordinal.
 *
 * <h2>result_times</h2>
 * {@code time, request id, index} → nothing. The order in which results are forgotten; time is the state's result clock.
 *
 * <h2>blobs</h2>
 * {@code digest chunk} → StoredBlobChunk.
 *
 * <h2>meta</h2>
 * {@code "applied"} → StoredAppliedState; {@code "collection/" uuid} → StoredCollection; {@code "dropped/" uuid} → nothing: the
 * collection was here and never returns.
 */
public final class RowStore implements AutoCloseable {
    private final Path folder;
    private final RocksDB database;
    private final Map<Family, ColumnFamilyHandle> handles;
    private final List<AutoCloseable> options;
    private final Consumer<VoronodeException.Corruption> onDamage;
    private final WriteOptions writeOptions = new WriteOptions().setDisableWAL(true);
    /** Views hold it for reading, so that the database is not closed under them. */
    private final ReadWriteLock open = new ReentrantReadWriteLock();

    private volatile boolean closed;
    /** By collection, a time before which none of its rows expires. Immutable. */
    private volatile Map<ByteString, Long> expiriesFrom = Map.of();

    private RowStore(
            Path folder,
            RocksDB database,
            Map<Family, ColumnFamilyHandle> handles,
            List<AutoCloseable> options,
            Consumer<VoronodeException.Corruption> onDamage) {
        this.onDamage = onDamage;
        this.folder = folder;
        this.database = database;
        this.handles = handles;
        this.options = options;
    }

    /**
     * Opens the store in this folder, or makes an empty one.
     *
     * @param onDamage is told of damage that is met after opening, on the thread that met it and before that gets the error
     * @throws VoronodeException.Corruption if RocksDB finds its files damaged
     * @throws VoronodeException.Unavailable if it cannot be opened otherwise
     */
    public static RowStore open(
            Path folder, StoreResources resources, Consumer<VoronodeException.Corruption> onDamage) {
        List<AutoCloseable> options = new ArrayList<>();
        try {
            Files.createDirectories(folder);
            DBOptions databaseOptions = resources.databaseOptions();
            options.add(databaseOptions);
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            RocksDB database =
                    RocksDB.open(databaseOptions, folder.toString(), descriptors(resources, options), handles);
            return new RowStore(folder, database, byFamily(handles, options), options, onDamage);
        } catch (RocksDBException e) {
            closeAll(options);
            throw StoreErrors.of("open", folder, e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + folder, e);
        }
    }

    private static List<ColumnFamilyDescriptor> descriptors(StoreResources resources, List<AutoCloseable> options) {
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        ColumnFamilyOptions unused = new ColumnFamilyOptions();
        options.add(unused);
        descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, unused));
        for (Family family : Family.values()) {
            ColumnFamilyOptions familyOptions = resources.familyOptions(family);
            options.add(familyOptions);
            descriptors.add(new ColumnFamilyDescriptor(family.nameBytes(), familyOptions));
        }
        return descriptors;
    }

    private static Map<Family, ColumnFamilyHandle> byFamily(
            List<ColumnFamilyHandle> handles, List<AutoCloseable> options) {
        options.addAll(0, handles);
        Map<Family, ColumnFamilyHandle> map = new EnumMap<>(Family.class);
        // In the order of the descriptors: the default family, which holds nothing, then ours.
        int next = 1;
        for (Family family : Family.values()) {
            map.put(family, handles.get(next++));
        }
        return map;
    }

    /**
     * A consistent view of everything applied so far. Close it soon, on the same thread: files that it needs stay on disk.
     *
     * @throws VoronodeException.Unavailable if the store is closed
     */
    public RowView view() {
        if (!open.readLock().tryLock()) {
            throw closedError();
        }
        if (closed) {
            open.readLock().unlock();
            throw closedError();
        }
        return new RowView(this, open.readLock());
    }

    /**
     * Fails where the store is closed, or waits for its views in order to close.
     *
     * @throws VoronodeException.Unavailable if it is so
     */
    void requireOpen() {
        if (closed) {
            throw closedError();
        }
    }

    private VoronodeException closedError() {
        return new VoronodeException.Unavailable("row store " + folder + " is closed");
    }

    /** The newest value. Only for the writing thread; others use views. */
    public byte @Nullable [] get(Family family, byte[] key) {
        try {
            return database.get(handle(family), key);
        } catch (RocksDBException e) {
            throw error("read", e);
        }
    }

    /** Writes all of the batch or nothing. Only for the writing thread. */
    public void write(RowBatch batch) {
        try {
            database.write(writeOptions, batch.writeBatch());
        } catch (RocksDBException e) {
            throw error("write", e);
        }
    }

    /** Makes everything written so far durable. */
    public void flush() {
        try (FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
            database.flush(flush, new ArrayList<>(handles.values()));
        } catch (RocksDBException e) {
            throw error("flush", e);
        }
    }

    /** Flushes, and makes a store of hard links in a folder that does not exist yet, on the same file system. */
    public void checkpoint(Path target) {
        try (Checkpoint checkpoint = Checkpoint.create(database)) {
            checkpoint.createCheckpoint(target.toString());
        } catch (RocksDBException e) {
            throw error("take a checkpoint of", e);
        }
    }

    /** What views that are opened from now on may pass over; see {@link RowView#noneExpiresBefore}. */
    Map<ByteString, Long> expiriesFrom() {
        return expiriesFrom;
    }

    synchronized void noneExpiresBefore(ByteString uuid, long timeMs) {
        if (timeMs > expiriesFrom.getOrDefault(uuid, 0L)) {
            Map<ByteString, Long> changed = new HashMap<>(expiriesFrom);
            changed.put(uuid, timeMs);
            expiriesFrom = Map.copyOf(changed);
        }
    }

    /** What to throw for an error of RocksDB that was met while the store is open. */
    VoronodeException error(String action, RocksDBException cause) {
        return reported(StoreErrors.of(action, folder, cause));
    }

    /** Reads a value that this store holds. */
    <T extends Message> T parse(Parser<T> parser, byte[] bytes) {
        try {
            return StoreErrors.parse(parser, bytes, folder);
        } catch (VoronodeException e) {
            throw reported(e);
        }
    }

    private VoronodeException reported(VoronodeException error) {
        if (error instanceof VoronodeException.Corruption damage) {
            onDamage.accept(damage);
        }
        return error;
    }

    public Path folder() {
        return folder;
    }

    RocksDB database() {
        return database;
    }

    ColumnFamilyHandle handle(Family family) {
        ColumnFamilyHandle handle = handles.get(family);
        if (handle == null) {
            throw new IllegalStateException("no column family " + family);
        }
        return handle;
    }

    /** Waits for the open views, then closes. Does not flush: the log brings back what is not on disk. */
    @Override
    public void close() {
        closed = true;
        open.writeLock().lock();
        try {
            writeOptions.close();
            List<AutoCloseable> handlesFirst = options.subList(0, handles.size() + 1);
            closeAll(handlesFirst);
            database.close();
            closeAll(options.subList(handles.size() + 1, options.size()));
        } finally {
            open.writeLock().unlock();
        }
    }

    private static void closeAll(List<AutoCloseable> list) {
        for (AutoCloseable closeable : list) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException("closing RocksDB objects does not fail", e);
            }
        }
    }
}
