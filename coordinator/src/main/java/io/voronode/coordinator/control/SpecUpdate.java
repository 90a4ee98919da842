package io.voronode.coordinator.control;

import io.voronode.coordinator.image.CollectionTree;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.UpdateCollectionOrder;

/** Tells partitions whose state has another spec of a collection than the tree; the tree is where users change it. */
final class SpecUpdate implements CollectionStep {
    @Override
    public boolean run(Pass pass, CollectionTree collection) {
        CollectionSpec spec = collection.spec();
        pass.order(
                partition -> pass.reports()
                        .collection(partition, spec.getUuid())
                        .filter(known -> !known.getSpec().equals(spec))
                        .isPresent(),
                () -> ControlCommand.newBuilder()
                        .setUpdateCollection(UpdateCollectionOrder.newBuilder().setSpec(spec)));
        return false;
    }
}
