package io.voronode.shardnode.partition.store;

import io.voronode.proto.internal.v1.StoredHead;

/** The version of a row's vector: a payload that changes all the time must not keep the row from getting its stamps. */
public final class VectorVersion {
    private VectorVersion() {}

    /** The version that brought the vector. */
    public static long of(StoredHead head) {
        return head.getVectorVersion() == 0 ? head.getVersion() : head.getVectorVersion();
    }
}
