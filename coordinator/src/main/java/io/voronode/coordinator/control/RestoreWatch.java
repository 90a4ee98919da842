package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CollectionTree;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Marks a collection to be dropped whose snapshot nobody writes any more: the coordinator that did has been gone for a while. A coordinator
 * whose session was lost comes back under its id, one that was started again does not. How long it has been gone is not remembered by
 * the next controller, which then waits anew.
 */
final class RestoreWatch implements CollectionStep {
    private static final Logger LOG = LoggerFactory.getLogger(RestoreWatch.class);

    private final Duration grace;
    /** By collection, when its coordinator was first missed. */
    private final Map<ByteString, Long> missedMs = new HashMap<>();

    RestoreWatch(Duration grace) {
        this.grace = grace;
    }

    @Override
    public void forget() {
        missedMs.clear();
    }

    @Override
    public boolean run(Pass pass, CollectionTree collection) {
        ByteString uuid = collection.spec().getUuid();
        String coordinator = collection.node().getRestoringCoordinator();
        if (!collection.restoring()
                || collection.dropping()
                || pass.tree().coordinators().containsKey(coordinator)) {
            missedMs.remove(uuid);
            return false;
        }
        pass.lookAgainSoon();
        long since = missedMs.computeIfAbsent(uuid, missed -> pass.tickMs());
        if (pass.tickMs() - since < grace.toMillis()) {
            return false;
        }
        missedMs.remove(uuid);
        String name = collection.spec().getName();
        pass.fence()
                .change()
                .replace(
                        pass.paths().collectionConfig(name),
                        collection.config().version(),
                        collection.node().toBuilder().setDropping(true).build())
                .commit("dropping collection \"" + name + "\", whose restore has ended half-way");
        LOG.info("collection \"{}\" is dropped: {}, which restored it, has gone", name, coordinator);
        return true;
    }
}
