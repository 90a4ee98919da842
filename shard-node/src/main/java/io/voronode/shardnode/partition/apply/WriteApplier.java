package io.voronode.shardnode.partition.apply;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.StoredBody;
import io.voronode.proto.internal.v1.StoredDocument;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.proto.internal.v1.UpsertAction;
import io.voronode.proto.internal.v1.WriteBatch;
import io.voronode.proto.internal.v1.WriteCode;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.proto.internal.v1.WriteResult;
import io.voronode.shardnode.partition.apply.Outcome.Answer;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RowKeys;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Applies the writes and deletes of one entry. Made for one entry; owned by the apply thread. */
final class WriteApplier {
    private final PartitionState state;
    private final EntryBatch batch;
    private final ResultLog results;

    WriteApplier(PartitionState state, EntryBatch batch, ResultLog results) {
        this.state = state;
        this.batch = batch;
        this.results = results;
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
        return code == WriteCode.WRITE_CODE_APPLIED || code == WriteCode.WRITE_CODE_REJECTED;
    }

    private WriteResult apply(ByteString uuid, @Nullable CollectionState collection, WriteOperation operation) {
        if (collection == null) {
            return refused(operation, WriteCode.WRITE_CODE_UNKNOWN_COLLECTION, "");
        }
        return switch (operation.getActionCase()) {
            case UPSERT -> upsert(uuid, collection, operation);
            case DELETE -> delete(uuid, collection, operation);
            case ACTION_NOT_SET -> refused(operation, WriteCode.WRITE_CODE_REJECTED, "the operation has no action");
        };
    }

    private WriteResult upsert(ByteString uuid, CollectionState collection, WriteOperation operation) {
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
        byte[] row = RowKeys.row(uuid, operation.getKey());
        StoredHead old = batch.head(row);
        if (old == null) {
            collection.rowAdded();
        }
        restamp(uuid, collection, operation.getKey(), row, old, stamps);
        writeRow(row, upsert, old, stamps);
        batch.changed(uuid);
        return applied(collection, operation, old);
    }

    private static String dimensionOf(UpsertAction upsert) {
        int bytes = upsert.getVector().size();
        return bytes % Float.BYTES == 0 ? Integer.toString(bytes / Float.BYTES) : "of " + bytes + " bytes";
    }

    private void restamp(
            ByteString uuid,
            CollectionState collection,
            String key,
            byte[] row,
            @Nullable StoredHead old,
            List<Stamp> stamps) {
        byte[] keyBytes = RowKeys.keyBytesOfRow(row);
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

    private void writeRow(byte[] row, UpsertAction upsert, @Nullable StoredHead old, List<Stamp> stamps) {
        batch.putHead(
                row,
                StoredHead.newBuilder()
                        .setVersion(batch.index())
                        .setUpdateTimeMs(state.logTimeMs())
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

    private WriteResult delete(ByteString uuid, CollectionState collection, WriteOperation operation) {
        byte[] row = RowKeys.row(uuid, operation.getKey());
        StoredHead old = batch.head(row);
        if (old != null) {
            deleteRow(uuid, collection, operation.getKey(), row, old);
            batch.changed(uuid);
        }
        return applied(collection, operation, old);
    }

    private void deleteRow(ByteString uuid, CollectionState collection, String key, byte[] row, StoredHead old) {
        byte[] keyBytes = RowKeys.keyBytesOfRow(row);
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
        batch.deleteHead(row);
        batch.rows().delete(Family.BODIES, row);
        if (old.getHasDocument()) {
            batch.rows().delete(Family.DOCUMENTS, row);
        }
    }

    private static void countDown(CollectionState collection, int generation) {
        GenerationState live = collection.generation(generation);
        if (live != null) {
            live.countDown();
        }
    }

    private WriteResult applied(CollectionState collection, WriteOperation operation, @Nullable StoredHead old) {
        WriteResult.Builder result = WriteResult.newBuilder()
                .setOrdinal(operation.getOrdinal())
                .setCode(WriteCode.WRITE_CODE_APPLIED)
                .setVersion(batch.index());
        if (old != null) {
            result.setExisted(true).addAllLost(Stamps.live(old.getStampsList(), collection));
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
