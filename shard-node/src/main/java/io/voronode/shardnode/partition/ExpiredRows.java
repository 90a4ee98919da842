package io.voronode.shardnode.partition;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.ExpireBatch;
import io.voronode.proto.internal.v1.ExpiredRow;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.wire.VoronodeException;
import java.util.function.Consumer;

/** The rows that have expired and are not removed yet, found by their expiries. Keeps nothing. */
final class ExpiredRows {
    private ExpiredRows() {}

    /** How many a collection has. No look where none of its rows expires; else a step for each, which are few while they are removed in time. */
    static long count(RowView view, StoredCollection collection, long nowMs) {
        return collection.getExpiringRows() == 0
                ? 0
                : walk(view, collection.getSpec().getUuid(), nowMs, Long.MAX_VALUE, ignored -> {});
    }

    /** Some of all collections, the oldest of each first. */
    static ExpireBatch some(RowView view, long nowMs, int limit) {
        ExpireBatch.Builder batch = ExpireBatch.newBuilder();
        for (StoredCollection collection : Collections.all(view)) {
            if (collection.getExpiringRows() > 0 && batch.getRowsCount() < limit) {
                ByteString uuid = collection.getSpec().getUuid();
                walk(
                        view,
                        uuid,
                        nowMs,
                        (long) limit - batch.getRowsCount(),
                        key -> batch.addRows(row(view, uuid, key)));
            }
        }
        return batch.build();
    }

    /** Takes the keys of a collection's rows that have expired, and returns how many. */
    private static long walk(RowView view, ByteString uuid, long nowMs, long limit, Consumer<String> rows) {
        long count = 0;
        try (RangeIterator expiries = view.expiries(uuid, nowMs)) {
            view.noneExpiresBefore(uuid, expiries.valid() ? RowKeys.timeOfExpiry(expiries.key()) : nowMs);
            for (; expiries.valid() && count < limit; expiries.next(), count++) {
                rows.accept(RowKeys.keyOfExpiry(expiries.key()));
            }
        }
        return count;
    }

    private static ExpiredRow row(RowView view, ByteString uuid, String key) {
        StoredHead head = view.head(RowKeys.row(uuid, key));
        if (head == null) {
            throw new VoronodeException.Corruption("the expiry of row \"" + key + "\" belongs to no row", null);
        }
        return ExpiredRow.newBuilder()
                .setCollectionUuid(uuid)
                .setKey(key)
                .setVersion(head.getVersion())
                .build();
    }
}
