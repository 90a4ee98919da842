package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.DropCollectionOrder;
import io.voronode.wire.ClusterTree;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops a collection that a user marked.
 *
 * <ol>
 *   <li>DROPPED through the log of every partition: the rows go, and the blobs. Nothing else ever removes the rows.
 *   <li>The collection's znodes are removed in one transaction, with which nodes are no longer assigned its shards.
 * </ol>
 *
 * Repeating the first step does no harm, so a new controller starts over.
 */
final class CollectionDrop implements CollectionStep {
    private static final Logger LOG = LoggerFactory.getLogger(CollectionDrop.class);

    private final TrainingJobs trainings;
    private final BackgroundJobs<?> calibrations;

    CollectionDrop(TrainingJobs trainings, BackgroundJobs<?> calibrations) {
        this.trainings = trainings;
        this.calibrations = calibrations;
    }

    @Override
    public boolean run(Pass pass, CollectionTree collection) {
        if (!collection.dropping()) {
            return false;
        }
        ByteString uuid = collection.spec().getUuid();
        collection.generations().keySet().forEach(generation -> cancelJobs(new GenerationKey(uuid, generation)));
        pass.lookAgainSoon();
        List<ByteString> blobs = BlobStore.namedOnlyBy(key -> key.uuid().equals(uuid), pass.tree());
        pass.order(
                partition -> true,
                () -> ControlCommand.newBuilder()
                        .setDropCollection(DropCollectionOrder.newBuilder()
                                .setCollectionUuid(uuid)
                                .addAllBlobs(blobs)));
        remove(pass, collection);
        LOG.info("dropped collection \"{}\"", collection.spec().getName());
        return true;
    }

    private void cancelJobs(GenerationKey key) {
        trainings.cancel(key);
        calibrations.cancel(key);
    }

    private static void remove(Pass pass, CollectionTree collection) {
        ClusterTree paths = pass.paths();
        String name = collection.spec().getName();
        FencedTree.Change change = pass.fence().change();
        for (GenerationTree generation : collection.generations().values()) {
            GenerationEnding.remove(change, paths, name, generation);
        }
        change.delete(paths.generations(name));
        if (collection.serving() != null) {
            change.delete(paths.serving(name));
        }
        change.delete(paths.collectionConfig(name))
                .delete(paths.collection(name))
                .commit("removing collection \"" + name + "\"");
    }
}
