package io.voronode.shardnode.partition.apply;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.proto.internal.v1.UpsertAction;
import io.voronode.proto.internal.v1.WriteBatch;
import io.voronode.proto.internal.v1.WriteCode;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.proto.internal.v1.WriteResult;
import io.voronode.shardnode.partition.apply.Outcome.Answer;
import io.voronode.shardnode.partition.store.Expiry;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.VectorVersion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Applies the writes and deletes of one entry. Made for one entry; owned by the apply thread. */
final class WriteApplier {
    private final PartitionState state;
    private final EntryBatch batch;
    private final ResultLog results;
    private final PayloadUpdater payloads;
    private final StoredRows rows;

    WriteApplier(PartitionState state, EntryBatch batch, ResultLog results) {
        this.state = state;
        this.batch = batch;
        this.results = results;
        this.payloads = new PayloadUpdater(batch);
        this.rows = new StoredRows(state, batch);
    }

    Outcome apply(WriteBatch write) {
        List<Answer> answers = new ArrayList<>(write.getRequestsCount());
        for (RequestOperations request : write.getRequestsList()) {
            answers.add(apply(request));
        }
        results.save(batch);
        return new Outcome.Written(answers);
    }

    private Answer apply(RequestOperations request) {
        CollectionState collection = state.collection(request.getCollectionUuid());
        List<WriteResult> answers = new ArrayList<>(request.getOperationsCount());
        boolean stale = false;
        for (WriteOperation operation : request.getOperationsList()) {
            WriteResult result = once(request, collection, operation);
            stale |= result.getCode() == WriteCode.WRITE_CODE_STALE_MAP;
            answers.add(result);
        }
        return new Answer(answers, stale && collection != null ? collection.live() : List.of());
    }

    private WriteResult once(
            RequestOperations request, @Nullable CollectionState collection, WriteOperation operation) {
        WriteResult before = results.find(request.getRequestId(), operation.getOrdinal());
        if (before != null) {
            return before;
        }
        WriteResult result = apply(request.getCollectionUuid(), collection, operation);
        if (isFinal(result.getCode())) {
            results.add(request.getRequestId(), result);
        }
        return result;
    }

    /** A retryable refusal is not kept: the same operation may succeed later. */
    private static boolean isFinal(WriteCode code) {
        return switch (code) {
            case WRITE_CODE_APPLIED, WRITE_CODE_REJECTED, WRITE_CODE_CONDITION_FAILED, WRITE_CODE_NOT_FOUND -> true;
            case WRITE_CODE_STALE_MAP, WRITE_CODE_UNKNOWN_COLLECTION, WRITE_CODE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    private WriteResult apply(ByteString uuid, @Nullable CollectionState collection, WriteOperation operation) {
        if (collection == null) {
            return refused(operation, WriteCode.WRITE_CODE_UNKNOWN_COLLECTION, "");
        }
        byte[] row = RowKeys.row(uuid, operation.getKey());
        StoredHead old = batch.head(row);
        StoredHead live = Expiry.live(old, state.logTimeMs());
        if (!isMet(operation, live)) {
            return conditionFailed(operation, live);
        }
        return switch (operation.getActionCase()) {
            case UPSERT -> upsert(uuid, collection, operation, row, old);
            case DELETE -> delete(uuid, collection, operation, row, old);
            case UPDATE_PAYLOAD -> updatePayload(uuid, collection, operation, row, live);
            case ACTION_NOT_SET -> refused(operation, WriteCode.WRITE_CODE_REJECTED, "the operation has no action");
        };
    }

    /** Rows that are deleted have no head, and that of an expired one does not count. */
    private static boolean isMet(WriteOperation operation, @Nullable StoredHead live) {
        return switch (operation.getConditionCase()) {
            case IF_VERSION -> live != null && live.getVersion() == operation.getIfVersion();
            case IF_EXISTS -> operation.getIfExists() == (live != null);
            case CONDITION_NOT_SET -> true;
        };
    }

    private static WriteResult conditionFailed(WriteOperation operation, @Nullable StoredHead live) {
        return WriteResult.newBuilder()
                .setOrdinal(operation.getOrdinal())
                .setCode(WriteCode.WRITE_CODE_CONDITION_FAILED)
                .setVersion(live == null ? 0 : live.getVersion())
                .setExisted(live != null)
                .build();
    }

    private WriteResult upsert(
            ByteString uuid,
            CollectionState collection,
            WriteOperation operation,
            byte[] row,
            @Nullable StoredHead old) {
        UpsertAction upsert = operation.getUpsert();
        int dimension = collection.spec().getDimension();
        if (upsert.getVector().size() != dimension * Float.BYTES) {
            return refused(
                    operation,
                    WriteCode.WRITE_CODE_REJECTED,
                    "dimension " + dimensionOf(upsert) + " != " + dimension + " for collection \""
                            + collection.spec().getName() + "\"");
        }
        List<Stamp> stamps = new ArrayList<>();
        for (GenerationState generation : collection.generations()) {
            Stamp stamp = Stamps.of(operation.getStampsList(), generation.generation());
            if (stamp == null) {
                return refused(operation, WriteCode.WRITE_CODE_STALE_MAP, "");
            }
            stamps.add(stamp);
        }
        rows.put(uuid, collection, row, upsert, old, stamps);
        return applied(collection, operation, old);
    }

    private static String dimensionOf(UpsertAction upsert) {
        int bytes = upsert.getVector().size();
        return bytes % Float.BYTES == 0 ? Integer.toString(bytes / Float.BYTES) : "of " + bytes + " bytes";
    }

    private WriteResult delete(
            ByteString uuid,
            CollectionState collection,
            WriteOperation operation,
            byte[] row,
            @Nullable StoredHead old) {
        if (old != null) {
            rows.delete(uuid, collection, row, old);
        }
        return applied(collection, operation, old);
    }

    private WriteResult updatePayload(
            ByteString uuid,
            CollectionState collection,
            WriteOperation operation,
            byte[] row,
            @Nullable StoredHead live) {
        if (live == null) {
            return refused(operation, WriteCode.WRITE_CODE_NOT_FOUND, "");
        }
        try {
            payloads.update(row, live, operation.getUpdatePayload());
        } catch (PayloadUpdater.RefusedException e) {
            return refused(operation, WriteCode.WRITE_CODE_REJECTED, String.valueOf(e.getMessage()));
        }
        List<Stamp> stamps = Stamps.live(live.getStampsList(), collection);
        batch.putHead(
                row,
                live.toBuilder()
                        .setVersion(batch.index())
                        .setVectorVersion(VectorVersion.of(live))
                        .setUpdateTimeMs(state.logTimeMs())
                        .clearStamps()
                        .addAllStamps(stamps)
                        .build());
        for (Stamp stamp : stamps) {
            batch.feedAdd(uuid, stamp.getGeneration(), stamp.getShard(), operation.getKey());
        }
        return applied(collection, operation, live);
    }

    private WriteResult applied(CollectionState collection, WriteOperation operation, @Nullable StoredHead old) {
        WriteResult.Builder result = WriteResult.newBuilder()
                .setOrdinal(operation.getOrdinal())
                .setCode(WriteCode.WRITE_CODE_APPLIED)
                .setVersion(batch.index());
        if (old != null) {
            // What has expired was not there, but may be in the index still.
            result.setExisted(Expiry.live(old, state.logTimeMs()) != null)
                    .addAllLost(Stamps.live(old.getStampsList(), collection));
        }
        return result.build();
    }

    private static WriteResult refused(WriteOperation operation, WriteCode code, String message) {
        return WriteResult.newBuilder()
                .setOrdinal(operation.getOrdinal())
                .setCode(code)
                .setMessage(message)
                .build();
    }
}
