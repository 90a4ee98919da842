package io.voronode.shardnode.partition.apply;

import com.google.protobuf.ByteString;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowStore;
import io.voronode.shardnode.partition.store.RowView;

/** Lets old feed rows go, by one range deletion per shard that has any. Made for one entry; owned by the apply thread. */
final class TrimApplier {
    private final RowStore store;
    private final PartitionState state;
    private final EntryBatch batch;

    TrimApplier(RowStore store, PartitionState state, EntryBatch batch) {
        this.store = store;
        this.state = state;
        this.batch = batch;
    }

    Outcome apply(long uptoIndex) {
        if (uptoIndex > state.applied().getTrimmedIndex() && uptoIndex < batch.index()) {
            state.applied().setTrimmedIndex(uptoIndex);
            try (RowView view = store.view()) {
                state.collections()
                        .forEach((uuid, collection) -> collection
                                .generations()
                                .forEach(generation -> trim(view, uuid, generation.generation(), uptoIndex)));
            }
        }
        return new Outcome.Done();
    }

    private void trim(RowView view, ByteString uuid, int generation, long uptoIndex) {
        byte[] prefix = RowKeys.generation(uuid, generation);
        try (RangeIterator i = view.prefix(Family.FEED, prefix)) {
            while (i.valid()) {
                int shard = RowKeys.shardOfPrefix(i.key());
                batch.rows()
                        .deleteRange(
                                Family.FEED,
                                RowKeys.shard(uuid, generation, shard),
                                RowKeys.feed(uuid, generation, shard, uptoIndex + 1));
                i.seek(RowKeys.behind(RowKeys.shard(uuid, generation, shard)));
            }
        }
    }
}
