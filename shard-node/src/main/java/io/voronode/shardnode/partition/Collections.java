package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowView;
import java.util.ArrayList;
import java.util.List;

/** The collections of a partition. */
final class Collections {
    private Collections() {}

    /** In the order of their uuids. */
    static List<StoredCollection> all(RowView view) {
        List<StoredCollection> all = new ArrayList<>();
        try (RangeIterator i = view.prefix(Family.META, RowKeys.COLLECTION)) {
            for (; i.valid(); i.next()) {
                all.add(view.parse(StoredCollection.parser(), i.value()));
            }
        }
        return all;
    }
}
