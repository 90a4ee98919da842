package io.voronode.shardnode.partition.apply;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.StoredBody;
import io.voronode.proto.internal.v1.StoredDocument;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.proto.internal.v1.UpsertAction;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RowKeys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts rows into the store and takes them out, with all that hangs on a row: the counters of its collection, its stamps and its expiry, and
 * what the feed says of it. Looks at what is stored, expired or not. Made for one entry; owned by the apply thread.
 */
final class StoredRows {
    private final PartitionState state;
    private final EntryBatch batch;

    StoredRows(PartitionState state, EntryBatch batch) {
        this.state = state;
        this.batch = batch;
    }

    /**
     * Puts a row in the place of what is stored under its key; one stamp for each live generation. An expiry that is past is the time of
     * the log, so that none is ever added before those that have been removed.
     */
    void put(
            ByteString uuid,
            CollectionState collection,
            byte[] row,
            UpsertAction upsert,
            @Nullable StoredHead old,
            List<Stamp> stamps) {
        if (old == null) {
            collection.rowAdded();
        }
        restamp(uuid, collection, row, old, stamps);
        long expireTimeMs = upsert.getExpireTimeMs() == 0 ? 0 : Math.max(upsert.getExpireTimeMs(), state.logTimeMs());
        expire(uuid, collection, row, old == null ? 0 : old.getExpireTimeMs(), expireTimeMs);
        write(row, upsert, expireTimeMs, old, stamps);
        batch.changed(uuid);
    }

    private void restamp(
            ByteString uuid, CollectionState collection, byte[] row, @Nullable StoredHead old, List<Stamp> stamps) {
        byte[] keyBytes = RowKeys.keyBytesOfRow(row);
        String key = RowKeys.keyOfRow(row);
        for (Stamp stamp : stamps) {
            int generation = stamp.getGeneration();
            Stamp before = Stamps.of(old, generation);
            if (before == null && old != null) {
                countDown(collection, generation);
            }
            if (before != null && before.getShard() != stamp.getShard()) {
                batch.rows().delete(Family.STAMPS, RowKeys.stamp(uuid, generation, before.getShard(), keyBytes));
                batch.feedRemove(uuid, generation, before.getShard(), key);
            }
            if (!stamp.equals(before)) {
                batch.rows()
                        .put(
                                Family.STAMPS,
                                RowKeys.stamp(uuid, generation, stamp.getShard(), keyBytes),
                                RowKeys.bigEndian(stamp.getCell()));
            }
            batch.feedAdd(uuid, generation, stamp.getShard(), key);
        }
    }

    private static void countDown(CollectionState collection, int generation) {
        GenerationState live = collection.generation(generation);
        if (live != null) {
            live.countDown();
        }
    }

    private void expire(ByteString uuid, CollectionState collection, byte[] row, long beforeMs, long afterMs) {
        if (beforeMs == afterMs) {
            return;
        }
        byte[] keyBytes = RowKeys.keyBytesOfRow(row);
        if (beforeMs != 0) {
            collection.expiryRemoved();
            batch.rows().delete(Family.EXPIRIES, RowKeys.expiry(uuid, beforeMs, keyBytes));
        }
        if (afterMs != 0) {
            collection.expiryAdded();
            batch.rows().put(Family.EXPIRIES, RowKeys.expiry(uuid, afterMs, keyBytes));
        }
    }

    private void write(
            byte[] row, UpsertAction upsert, long expireTimeMs, @Nullable StoredHead old, List<Stamp> stamps) {
        batch.putHead(
                row,
                StoredHead.newBuilder()
                        .setVersion(batch.index())
                        .setUpdateTimeMs(state.logTimeMs())
                        .setExpireTimeMs(expireTimeMs)
                        .addAllStamps(stamps)
                        .setHasDocument(upsert.getHasDocument())
                        .build());
        batch.rows()
                .put(
                        Family.BODIES,
                        row,
                        StoredBody.newBuilder()
                                .setVector(upsert.getVector())
                                .setPayloadBytes(upsert.getPayloadBytes())
                                .build());
        if (upsert.getHasDocument()) {
            batch.rows()
                    .put(
                            Family.DOCUMENTS,
                            row,
                            StoredDocument.newBuilder()
                                    .setMediaType(upsert.getMediaType())
                                    .setContent(upsert.getDocument())
                                    .build());
        } else if (old != null && old.getHasDocument()) {
            batch.rows().delete(Family.DOCUMENTS, row);
        }
    }

    /** Takes a row out that is stored. */
    void delete(ByteString uuid, CollectionState collection, byte[] row, StoredHead old) {
        byte[] keyBytes = RowKeys.keyBytesOfRow(row);
        String key = RowKeys.keyOfRow(row);
        collection.rowRemoved();
        for (GenerationState generation : collection.generations()) {
            Stamp stamp = Stamps.of(old, generation.generation());
            if (stamp == null) {
                generation.countDown();
            } else {
                batch.rows()
                        .delete(Family.STAMPS, RowKeys.stamp(uuid, stamp.getGeneration(), stamp.getShard(), keyBytes));
                batch.feedRemove(uuid, stamp.getGeneration(), stamp.getShard(), key);
            }
        }
        expire(uuid, collection, row, old.getExpireTimeMs(), 0);
        batch.deleteHead(row);
        batch.rows().delete(Family.BODIES, row);
        if (old.getHasDocument()) {
            batch.rows().delete(Family.DOCUMENTS, row);
        }
        batch.changed(uuid);
    }
}
