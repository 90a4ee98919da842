package io.voronode.shardnode.partition.apply;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.BeginGenerationOrder;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.CreateCollectionOrder;
import io.voronode.proto.internal.v1.DropCollectionOrder;
import io.voronode.proto.internal.v1.EndGenerationOrder;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RowKeys;
import java.util.ArrayList;
import java.util.List;

/** Applies the controller's orders, fenced by its epoch. Made for one entry; owned by the apply thread. */
final class ControlApplier {
    private static final List<Family> FAMILIES_BY_COLLECTION =
            List.of(Family.HEADS, Family.BODIES, Family.DOCUMENTS, Family.STAMPS, Family.EXPIRIES, Family.FEED);

    private final PartitionState state;
    private final EntryBatch batch;
    private final BlobApplier blobs;

    ControlApplier(PartitionState state, EntryBatch batch) {
        this.state = state;
        this.batch = batch;
        this.blobs = new BlobApplier(state, batch);
    }

    Outcome apply(ControlCommand command) {
        long highest = state.applied().getHighestEpoch();
        if (Long.compareUnsigned(command.getEpoch(), highest) < 0) {
            return new Outcome.StaleEpoch(highest);
        }
        state.applied().setHighestEpoch(command.getEpoch());
        return switch (command.getOrderCase()) {
            case CREATE_COLLECTION -> create(command.getCreateCollection());
            case UPDATE_COLLECTION -> update(command.getUpdateCollection().getSpec());
            case DROP_COLLECTION -> drop(command.getDropCollection());
            case BEGIN_GENERATION -> begin(command.getBeginGeneration());
            case END_GENERATION -> end(command.getEndGeneration());
            case PUT_BLOB -> blobs.put(command.getPutBlob());
            case FENCE -> new Outcome.Done();
            case ORDER_NOT_SET -> new Outcome.Refused("the control command orders nothing");
        };
    }

    private Outcome create(CreateCollectionOrder order) {
        ByteString uuid = order.getSpec().getUuid();
        if (uuid.size() != RowKeys.UUID_BYTES) {
            return new Outcome.Refused("collection uuid of " + uuid.size() + " bytes, not " + RowKeys.UUID_BYTES);
        }
        if (state.isDropped(uuid)) {
            return new Outcome.Refused(
                    "collection \"" + order.getSpec().getName() + "\" was dropped; its uuid is not used again");
        }
        if (state.collection(uuid) == null) {
            state.collections()
                    .put(uuid, new CollectionState(order.getSpec(), order.getCellMapDigest(), batch.index()));
            batch.changed(uuid);
        }
        return new Outcome.Done();
    }

    private Outcome update(CollectionSpec spec) {
        CollectionState collection = state.collection(spec.getUuid());
        if (collection == null) {
            return new Outcome.UnknownCollection();
        }
        CollectionSpec old = collection.spec();
        if (spec.getDimension() != old.getDimension()
                || spec.getMetric() != old.getMetric()
                || !spec.getModel().equals(old.getModel())) {
            return new Outcome.Refused(
                    "dimension, metric and model of collection \"" + old.getName() + "\" never change");
        }
        collection.update(spec);
        batch.changed(spec.getUuid());
        return new Outcome.Done();
    }

    private Outcome drop(DropCollectionOrder order) {
        ByteString uuid = order.getCollectionUuid();
        if (state.isDropped(uuid)) {
            return new Outcome.Done();
        }
        if (uuid.size() != RowKeys.UUID_BYTES) {
            return new Outcome.Refused("collection uuid of " + uuid.size() + " bytes, not " + RowKeys.UUID_BYTES);
        }
        List<ByteString> unused = new ArrayList<>(order.getBlobsList());
        CollectionState collection = state.collection(uuid);
        if (collection != null) {
            collection.generations().forEach(generation -> unused.add(generation.digest()));
        }
        state.drop(uuid);
        blobs.deleteUnused(unused);
        for (Family family : FAMILIES_BY_COLLECTION) {
            batch.rows().deletePrefix(family, RowKeys.collection(uuid));
        }
        batch.rows().delete(Family.META, RowKeys.meta(RowKeys.COLLECTION, uuid));
        batch.rows().put(Family.META, RowKeys.meta(RowKeys.DROPPED, uuid));
        return new Outcome.Done();
    }

    private Outcome begin(BeginGenerationOrder order) {
        CollectionState collection = state.collection(order.getCollectionUuid());
        if (collection == null) {
            return new Outcome.UnknownCollection();
        }
        collection.begin(order.getGeneration(), order.getCellMapDigest(), order.getCellMapPartition(), batch.index());
        batch.changed(order.getCollectionUuid());
        return new Outcome.Done();
    }

    private Outcome end(EndGenerationOrder order) {
        ByteString uuid = order.getCollectionUuid();
        CollectionState collection = state.collection(uuid);
        if (collection == null) {
            return state.isDropped(uuid) ? new Outcome.Done() : new Outcome.UnknownCollection();
        }
        List<ByteString> unused = new ArrayList<>(order.getBlobsList());
        GenerationState ending = collection.generation(order.getGeneration());
        if (ending != null) {
            unused.add(ending.digest());
        }
        if (collection.end(order.getGeneration(), batch.index())) {
            byte[] prefix = RowKeys.generation(uuid, order.getGeneration());
            batch.rows().deletePrefix(Family.STAMPS, prefix);
            batch.rows().deletePrefix(Family.FEED, prefix);
        }
        blobs.deleteUnused(unused);
        batch.changed(uuid);
        return new Outcome.Done();
    }
}
