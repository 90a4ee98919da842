package io.voronode.shardnode.partition.store;

import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.StoredAppliedState;

/** Positions of a partition. */
public final class Positions {
    private Positions() {}

    /** The position that a view of this applied state contains. */
    public static Position of(int partition, StoredAppliedState applied) {
        return Position.newBuilder()
                .setPartition(partition)
                .setLineage(applied.getLineage())
                .setIndex(applied.getIndex())
                .build();
    }
}
