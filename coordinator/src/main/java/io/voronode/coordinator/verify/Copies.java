package io.voronode.coordinator.verify;

import io.voronode.proto.internal.v1.DigestRowsRequest;
import io.voronode.proto.internal.v1.DigestRowsResponse;
import io.voronode.proto.internal.v1.ListRecordsRequest;
import io.voronode.proto.internal.v1.ListRecordsResponse;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RebuildShardRequest;
import io.voronode.wire.VoronodeException;

/** The copies of one collection, on their nodes. Any thread may ask; calls block, within the time of the calling thread's gRPC context. */
interface Copies {
    /** Where they are, by what is written in the tree at this moment. */
    Layout layout();

    /** A place in the log of a partition behind all that was committed before the call. */
    Position barrier(int partition);

    /**
     * What one replica of a partition has.
     *
     * @throws VoronodeException if it does not say, after some attempts
     */
    DigestRowsResponse rows(String node, DigestRowsRequest request);

    /**
     * What one replica of a shard has; the code of the answer is OK.
     *
     * @throws VoronodeException if it does not say, after some attempts
     */
    ListRecordsResponse records(String node, ListRecordsRequest request);

    /** Has a replica of a shard built anew from the rows; returns when the old one is no longer served. */
    void rebuild(String node, RebuildShardRequest request);
}
