package io.voronode.shardnode.partition.apply;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.AssignBatch;
import io.voronode.proto.internal.v1.Assignment;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.VectorVersion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Applies stamps to rows that were written before their generation began. Made for one entry; owned by the apply thread. */
final class AssignApplier {
    private final PartitionState state;
    private final EntryBatch batch;

    AssignApplier(PartitionState state, EntryBatch batch) {
        this.state = state;
        this.batch = batch;
    }

    Outcome apply(AssignBatch assign) {
        CollectionState collection = state.collection(assign.getCollectionUuid());
        GenerationState generation = collection == null ? null : collection.generation(assign.getGeneration());
        if (collection == null || generation == null) {
            return new Outcome.Done();
        }
        for (Assignment assignment : assign.getAssignmentsList()) {
            apply(assign.getCollectionUuid(), collection, generation, assignment);
        }
        generation.assignedAt(batch.index());
        batch.changed(assign.getCollectionUuid());
        return new Outcome.Done();
    }

    private void apply(ByteString uuid, CollectionState collection, GenerationState generation, Assignment assignment) {
        byte[] row = RowKeys.row(uuid, assignment.getKey());
        StoredHead head = batch.head(row);
        Stamp stamp = assignment.getStamp();
        if (head == null
                || VectorVersion.of(head) != assignment.getVersion()
                || stamp.getGeneration() != generation.generation()
                || Stamps.of(head, generation.generation()) != null) {
            return;
        }
        List<Stamp> stamps = new ArrayList<>(Stamps.live(head.getStampsList(), collection));
        stamps.add(stamp);
        stamps.sort(Comparator.comparingInt(Stamp::getGeneration));
        batch.putHead(row, head.toBuilder().clearStamps().addAllStamps(stamps).build());
        batch.rows()
                .put(
                        Family.STAMPS,
                        RowKeys.stamp(uuid, stamp.getGeneration(), stamp.getShard(), RowKeys.keyBytesOfRow(row)),
                        RowKeys.bigEndian(stamp.getCell()));
        batch.feedAdd(uuid, stamp.getGeneration(), stamp.getShard(), assignment.getKey());
        generation.countDown();
    }
}
