package io.voronode.coordinator.control;

import io.voronode.coordinator.image.ClusterImages;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.snapshot.RestoredCollections;
import io.voronode.proto.internal.v1.CollectionNode;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.v1.Collection;
import io.voronode.proto.v1.CollectionConfig;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.AlreadyExists;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The collections that this coordinator restores. The controller drops what a coordinator that has gone was restoring; one that lives sees
 * to it itself, with a thread for each collection that is to go and cannot yet. Any thread; calls block, within the caller's deadline.
 */
final class Restores implements RestoredCollections, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Restores.class);
    private static final long RETRY_MS = 2_000;

    private final CollectionAdmin admin;
    private final CollectionConfigs configs;
    private final ClusterImages images;
    private final String coordinator;
    private final ExecutorService abandoning = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("restores-", 0).factory());

    /** The coordinator is the id of its liveness znode. */
    Restores(CollectionAdmin admin, CollectionConfigs configs, ClusterImages images, String coordinator) {
        this.admin = admin;
        this.configs = configs;
        this.images = images;
        this.coordinator = coordinator;
    }

    @Override
    public CollectionImage begin(CollectionConfig config) {
        CollectionSpec spec = admin.spec(config);
        try {
            return admin.createForRestore(spec, coordinator, Answers.timeLeft());
        } catch (AlreadyExists | BadInput e) {
            throw e;
        } catch (VoronodeException e) {
            // It may be there: only the answer failed, or the wait for it.
            var _ = abandoning.submit(() -> abandonAtLast(spec));
            throw e;
        }
    }

    @Override
    public Collection open(CollectionImage collection) {
        String name = collection.spec().getName();
        var _ = configs.change(name, node -> opened(unlessDropped(node, collection.spec())));
        images.await(
                image -> {
                    CollectionImage known = image.collections().get(name);
                    return known == null || !known.restoring();
                },
                Answers.timeLeft());
        return admin.get(name);
    }

    /** Partitions are told, too, through the spec: so that no older tree can have it dropped. */
    private static CollectionNode opened(CollectionNode node) {
        return node.toBuilder()
                .setSpec(node.getSpec().toBuilder().setRestoring(false))
                .clearRestoringCoordinator()
                .build();
    }

    private static CollectionNode unlessDropped(CollectionNode node, CollectionSpec spec) {
        if (node.getDropping()) {
            throw dropped(spec);
        }
        return same(node, spec);
    }

    /** It may have been dropped, and another of its name been made since. */
    private static CollectionNode same(CollectionNode node, CollectionSpec spec) {
        if (!node.getSpec().getUuid().equals(spec.getUuid())) {
            throw dropped(spec);
        }
        return node;
    }

    private static NotFound dropped(CollectionSpec spec) {
        return new NotFound("collection \"" + spec.getName() + "\" has been dropped");
    }

    @Override
    public void abandon(CollectionImage collection) {
        CompletableFuture<Void> marked = CompletableFuture.runAsync(() -> abandonAtLast(collection.spec()), abandoning);
        try {
            marked.get(Answers.timeLeft().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof VoronodeException known
                    ? known
                    : new VoronodeException.Bug("abandoning a restored collection failed", e.getCause());
        } catch (TimeoutException e) {
            throw new DeadlineExceeded(
                    "collection \"" + collection.spec().getName() + "\" is dropped when ZooKeeper answers again");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VoronodeException.Unavailable("interrupted while a collection was dropped", e);
        }
    }

    private void abandonAtLast(CollectionSpec spec) {
        while (!abandoning.isShutdown()) {
            try {
                var _ = configs.change(spec.getName(), node -> dropping(node, spec));
                return;
            } catch (NotFound | Conflict e) {
                throw e;
            } catch (VoronodeException e) {
                LOG.warn("collection \"{}\", half restored, cannot be dropped yet", spec.getName(), e);
            }
            try {
                Thread.sleep(RETRY_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Once more, where ZooKeeper's answer was lost or the controller was first, it changes nothing. */
    private CollectionNode dropping(CollectionNode node, CollectionSpec spec) {
        if (same(node, spec).getDropping()) {
            return node;
        }
        if (!node.getRestoringCoordinator().equals(coordinator)) {
            throw new Conflict(
                    Reason.NOT_POSSIBLE_NOW, "collection \"" + spec.getName() + "\" has been opened: it stays");
        }
        return node.toBuilder().setDropping(true).build();
    }

    /** Leaves what cannot be dropped yet to the controller. */
    @Override
    public void close() {
        abandoning.shutdownNow();
    }
}
