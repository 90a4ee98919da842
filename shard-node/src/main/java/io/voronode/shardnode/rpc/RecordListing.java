package io.voronode.shardnode.rpc;

import io.voronode.proto.internal.v1.KeySelection;
import io.voronode.proto.internal.v1.ListRecordsRequest;
import io.voronode.proto.internal.v1.ListRecordsResponse;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.shardnode.shard.Damage;
import io.voronode.shardnode.shard.PublishedIndex;
import io.voronode.shardnode.shard.RecordList;
import io.voronode.shardnode.shard.ShardId;
import io.voronode.shardnode.shard.ShardReplica;
import io.voronode.shardnode.shard.ShardReplicas;
import io.voronode.wire.ListDigest;
import io.voronode.wire.VoronodeException;
import java.io.IOException;

/** Answers ListRecords calls. Keeps nothing. */
final class RecordListing {
    private static final int MAX_KEYS = 1_000;
    private static final int MAX_RECORDS = 20_000;

    private RecordListing() {}

    /**
     * Waits until the positions are visible, and lists.
     *
     * @param waitUntilNanos on the clock of System.nanoTime, when the shard counts as behind
     */
    static ListRecordsResponse of(ListRecordsRequest request, ShardReplicas replicas, long waitUntilNanos)
            throws InterruptedException {
        requireBounded(request.getKeys());
        ShardId id = new ShardId(request.getCollectionUuid(), request.getGeneration(), request.getShard());
        return switch (SearchTargets.acquire(id, request.getAtLeastList(), replicas, waitUntilNanos)) {
            case SearchTargets.Refused refused ->
                ListRecordsResponse.newBuilder().setCode(refused.code()).build();
            case SearchTargets.Ready ready -> list(request, ready);
        };
    }

    private static void requireBounded(KeySelection keys) {
        if (keys.getKeysCount() > MAX_KEYS) {
            throw new VoronodeException.BadInput(keys.getKeysCount() + " keys > " + MAX_KEYS);
        }
        if (keys.getKeysCount() == 0 && (keys.getLimit() < 1 || keys.getLimit() > MAX_RECORDS)) {
            throw new VoronodeException.BadInput("limit " + keys.getLimit() + " is not in 1.." + MAX_RECORDS);
        }
    }

    private static ListRecordsResponse list(ListRecordsRequest request, SearchTargets.Ready ready) {
        try {
            RecordList list = read(request.getKeys(), ready.index());
            ListRecordsResponse.Builder response = ListRecordsResponse.newBuilder()
                    .setCode(ProbeCode.PROBE_CODE_OK)
                    .setMore(list.more())
                    .setDigest(ListDigest.of(list.records()));
            if (!response.getDigest().equals(request.getKnownDigest())) {
                response.addAllRecords(list.records());
            }
            return response.build();
        } catch (IOException | RuntimeException e) {
            throw failed(ready.replica(), e);
        }
    }

    private static RecordList read(KeySelection keys, PublishedIndex index) throws IOException {
        try {
            return index.records(keys);
        } finally {
            index.release();
        }
    }

    private static VoronodeException failed(ShardReplica replica, Exception e) {
        if (Damage.caused(e)) {
            replica.damaged(e);
        }
        return new VoronodeException.Unavailable("the records of shard " + replica.id() + " cannot be read: " + e, e);
    }
}
