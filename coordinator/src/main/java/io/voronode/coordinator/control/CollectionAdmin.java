package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.ClusterImages;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.proto.internal.v1.CollectionNode;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.GenerationPhase;
import io.voronode.proto.v1.Collection;
import io.voronode.proto.v1.CollectionConfig;
import io.voronode.proto.v1.UpdateCollectionRequest;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException.AlreadyExists;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.Reason;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.curator.framework.CuratorFramework;
import org.jspecify.annotations.Nullable;

/**
 * What users want of collections: written into the tree by compare-and-set, by any coordinator, and then awaited. It decides nothing and
 * orders nothing: making it true is the controller's part, also after the caller has given up waiting. Any thread; calls block.
 */
public final class CollectionAdmin {
    private static final int REQUEST_ID_BYTES = 16;

    private final ClusterImages images;
    private final CollectionConfigs configs;
    private final NodeProbe probe;
    private final TrainingProbe trainings;
    private final ModelDimensions models;
    private final InstantSource clock;
    private final int replication;

    /** Replication is what the cluster aims at for all partitions. */
    CollectionAdmin(
            CuratorFramework client,
            ClusterTree paths,
            ClusterImages images,
            NodeProbe probe,
            TrainingProbe trainings,
            ModelDimensions models,
            InstantSource clock,
            int replication) {
        this.images = images;
        this.configs = new CollectionConfigs(client, paths);
        this.probe = probe;
        this.trainings = trainings;
        this.models = models;
        this.clock = clock;
        this.replication = replication;
    }

    /**
     * Makes a collection; returns when this coordinator takes writes for it.
     *
     * @param requestId by which a repetition of the call is known; empty for one that is not repeated
     * @throws BadInput if the configuration breaks a limit
     * @throws AlreadyExists if there is one of that name that another call made, or this one with another configuration
     * @throws DeadlineExceeded if it is not there in time; it is made nevertheless
     */
    public Collection create(CollectionConfig config, ByteString requestId, Duration timeout) {
        if (!requestId.isEmpty() && requestId.size() != REQUEST_ID_BYTES) {
            throw new BadInput("request_id of " + requestId.size() + " bytes, not " + REQUEST_ID_BYTES);
        }
        make(spec(config), CollectionNode.newBuilder().setCreatingRequest(requestId), timeout);
        return get(config.getName());
    }

    /**
     * What a collection that does not exist yet will be.
     *
     * @throws BadInput if the configuration breaks a limit
     */
    CollectionSpec spec(CollectionConfig config) {
        return CollectionLimits.spec(config, models, replication)
                .setUuid(Uuids.random())
                .setCreateTimeMs(clock.millis())
                .build();
    }

    /**
     * Makes a collection that a coordinator writes a snapshot into: nobody else sees it before {@link Restores#open}, and if that coordinator
     * goes away the controller drops it.
     *
     * @param coordinator id of the coordinator's liveness znode
     * @throws AlreadyExists if there is one of that name
     */
    CollectionImage createForRestore(CollectionSpec spec, String coordinator, Duration timeout) {
        return make(
                spec.toBuilder().setRestoring(true).build(),
                CollectionNode.newBuilder().setRestoringCoordinator(coordinator),
                timeout);
    }

    private CollectionImage make(CollectionSpec spec, CollectionNode.Builder made, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        ByteString uuid = put(made.setSpec(spec).build(), end);
        ClusterImage image = images.await(
                known -> {
                    var there = known.collections().get(spec.getName());
                    return there != null && there.spec().getUuid().equals(uuid);
                },
                left(end));
        return Objects.requireNonNull(image.collections().get(spec.getName()), "awaited");
    }

    /** Writes the config; the uuid of the collection that is there then, which an earlier attempt may have made. */
    private ByteString put(CollectionNode node, long end) {
        while (!configs.create(node)) {
            Optional<CollectionNode> present = configs.find(node.getSpec().getName());
            Optional<CollectionNode> ours = present.filter(known -> isOf(known, node));
            if (ours.isPresent()) {
                return ours.get().getSpec().getUuid();
            }
            awaitGone(present, left(end));
        }
        return node.getSpec().getUuid();
    }

    /** Whether ZooKeeper's answer was lost and its client library tried again, or ours to the user, who asked for the same again. */
    private static boolean isOf(CollectionNode known, CollectionNode node) {
        boolean repeated = !known.getDropping()
                && !known.getCreatingRequest().isEmpty()
                && known.getCreatingRequest().equals(node.getCreatingRequest())
                && wanted(known).equals(wanted(node));
        return repeated || known.getSpec().getUuid().equals(node.getSpec().getUuid());
    }

    /** But for what each call has of its own, and for what may have been updated since. */
    private static CollectionSpec wanted(CollectionNode node) {
        return node.getSpec().toBuilder()
                .clearUuid()
                .clearCreateTimeMs()
                .clearTrainAt()
                .clearShards()
                .clearIndexKind()
                .build();
    }

    /** A collection may be in the way only while it is being dropped. */
    private void awaitGone(Optional<CollectionNode> present, Duration timeout) {
        if (present.isEmpty()) {
            return;
        }
        CollectionSpec spec = present.get().getSpec();
        if (!present.get().getDropping()) {
            throw new AlreadyExists("collection \"" + spec.getName() + "\" exists");
        }
        awaitGone(spec.getUuid(), spec.getName(), timeout);
    }

    /**
     * A collection as it is, with what the nodes say of it.
     *
     * @throws NotFound if there is none
     */
    public Collection get(String name) {
        CollectionLimits.requireName(name);
        TreeSnapshot tree = images.tree();
        CollectionTree collection = tree.collections().get(name);
        if (!isOpen(collection)) {
            tree = images.refreshTree();
            collection = tree.collections().get(name);
        }
        if (collection == null || !isOpen(collection)) {
            throw new NotFound("collection \"" + name + "\" does not exist");
        }
        return messages(tree).message(collection);
    }

    /** All collections, by name. */
    public List<Collection> list() {
        TreeSnapshot tree = images.refreshTree();
        CollectionMessages messages = messages(tree);
        return tree.collections().values().stream()
                .filter(CollectionAdmin::isOpen)
                .map(messages::message)
                .toList();
    }

    private CollectionMessages messages(TreeSnapshot tree) {
        return new CollectionMessages(tree, probe.recent(), trainings.ask(tree));
    }

    private static boolean isOpen(@Nullable CollectionTree collection) {
        return collection != null && collection.serving() != null && !collection.dropping() && !collection.restoring();
    }

    /**
     * Changes what the request names; returns when this coordinator works with it.
     *
     * @throws NotFound if there is no such collection
     * @throws BadInput if a value breaks a limit
     */
    public Collection update(UpdateCollectionRequest request, Duration timeout) {
        String name = request.getName();
        CollectionNode updated = configs.change(name, node -> changed(seen(node), request));
        images.await(
                image -> {
                    var known = image.collections().get(name);
                    return known == null || known.spec().equals(updated.getSpec());
                },
                timeout);
        return get(name);
    }

    private static CollectionNode changed(CollectionNode node, UpdateCollectionRequest request) {
        CollectionSpec.Builder spec = node.getSpec().toBuilder();
        if (request.hasTrainAt()) {
            spec.setTrainAt(CollectionLimits.trainAt(request.getTrainAt()));
        }
        if (request.hasShards()) {
            spec.setShards(CollectionLimits.shards(request.getShards()));
        }
        if (request.hasIndexKind()) {
            spec.setIndexKind(CollectionLimits.indexKind(request.getIndexKindValue(), spec.getMetric()));
        }
        return node.toBuilder().setSpec(spec).build();
    }

    /**
     * Drops a collection; returns when it is gone.
     *
     * @throws NotFound if there is none
     */
    public void delete(String name, Duration timeout) {
        CollectionNode dropped =
                configs.change(name, node -> node.toBuilder().setDropping(true).build());
        awaitGone(dropped.getSpec().getUuid(), name, timeout);
    }

    private void awaitGone(ByteString uuid, String name, Duration timeout) {
        images.awaitTree(
                tree -> {
                    CollectionTree present = tree.collections().get(name);
                    return present == null || !present.spec().getUuid().equals(uuid);
                },
                timeout);
    }

    /**
     * Asks for new cells; returns the number that their generation will have.
     *
     * @throws NotFound if there is no such collection
     * @throws Conflict if it cannot be trained now
     */
    public int retrain(String name) {
        CollectionNode wanted = configs.change(name, node -> {
            // Read after the node: a generation that was begun in between is seen in the one or in the other.
            requireTrainable(images.refreshTree(), seen(node));
            return node.toBuilder()
                    .setRequestedGeneration(node.getLastGeneration() + 1)
                    .build();
        });
        return wanted.getRequestedGeneration();
    }

    private void requireTrainable(TreeSnapshot tree, CollectionNode node) {
        CollectionSpec spec = node.getSpec();
        if (!IndexKind.ofWireNumber(spec.getIndexKind()).hasPostings()) {
            throw notNow("collection \"" + spec.getName() + "\" is of kind "
                    + IndexKind.ofWireNumber(spec.getIndexKind()) + ", which has no cells to train");
        }
        if (node.getRequestedGeneration() != 0) {
            throw notNow("generation " + node.getRequestedGeneration() + " of collection \"" + spec.getName()
                    + "\" has been asked for already");
        }
        CollectionTree collection = tree.collections().get(spec.getName());
        if (collection != null) {
            collection.generations().values().forEach(generation -> requireNotBuilding(spec, generation.value()));
        }
        long rows = probe.recent()
                .liveRows(spec.getUuid(), tree.partitionCount())
                .orElseThrow(() -> new Unavailable("the partitions do not say how many records there are"));
        if (rows == 0) {
            throw notNow("collection \"" + spec.getName() + "\" has no records to train on");
        }
    }

    private static void requireNotBuilding(CollectionSpec spec, GenerationNode generation) {
        if (generation.getPhase() == GenerationPhase.GENERATION_PHASE_TRAINING
                || generation.getPhase() == GenerationPhase.GENERATION_PHASE_BUILDING) {
            throw notNow("generation " + generation.getGeneration() + " of collection \"" + spec.getName()
                    + "\" is being built");
        }
    }

    private static Conflict notNow(String message) {
        return new Conflict(Reason.NOT_POSSIBLE_NOW, message);
    }

    private static CollectionNode seen(CollectionNode node) {
        if (!node.getRestoringCoordinator().isEmpty()) {
            throw new NotFound(
                    "collection \"" + node.getSpec().getName() + "\" is still being restored from a snapshot");
        }
        return live(node);
    }

    private static CollectionNode live(CollectionNode node) {
        if (node.getDropping()) {
            throw new NotFound("collection \"" + node.getSpec().getName() + "\" does not exist");
        }
        return node;
    }

    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }
}
