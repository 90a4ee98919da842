package io.voronode.shardnode.partition.apply;

import io.voronode.proto.internal.v1.ExpireBatch;
import io.voronode.proto.internal.v1.ExpiredRow;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.shardnode.partition.store.Expiry;
import io.voronode.shardnode.partition.store.RowKeys;

/**
 * Removes rows that have expired. A row that was written since it was found keeps its place, and one that is named again is not there any more,
 * so a leader may propose what it likes. Made for one entry; owned by the apply thread.
 */
final class ExpireApplier {
    private final PartitionState state;
    private final EntryBatch batch;
    private final StoredRows rows;

    ExpireApplier(PartitionState state, EntryBatch batch) {
        this.state = state;
        this.batch = batch;
        this.rows = new StoredRows(state, batch);
    }

    Outcome apply(ExpireBatch expire) {
        int removed = 0;
        for (ExpiredRow expired : expire.getRowsList()) {
            removed += remove(expired) ? 1 : 0;
        }
        return new Outcome.Expired(removed);
    }

    private boolean remove(ExpiredRow expired) {
        CollectionState collection = state.collection(expired.getCollectionUuid());
        byte[] row = RowKeys.row(expired.getCollectionUuid(), expired.getKey());
        StoredHead head = collection == null ? null : batch.head(row);
        if (collection == null
                || head == null
                || head.getVersion() != expired.getVersion()
                || !Expiry.isOver(head, state.logTimeMs())) {
            return false;
        }
        rows.delete(expired.getCollectionUuid(), collection, row, head);
        return true;
    }
}
