package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.EndGenerationOrder;
import io.voronode.proto.internal.v1.GenerationPhase;
import io.voronode.wire.ClusterTree;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ENDING → gone ({@link GenerationStart} has the whole life).
 *
 * <ol>
 *   <li>A generation that has served is left alone until every live coordinator works from its successor, or for a minute: a coordinator that
 *       lags is answered GENERATION_ENDED and refreshes. One that was abandoned is ended at once.
 *   <li>END through the log of every partition: its stamps, feed rows and blobs go, and a BEGIN that is still on its way does nothing.
 *   <li>Its znodes are removed; with the next assignment nodes drop its shards.
 * </ol>
 */
final class GenerationEnding implements CollectionStep {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationEnding.class);

    private final Duration grace;

    GenerationEnding(Duration grace) {
        this.grace = grace;
    }

    @Override
    public boolean run(Pass pass, CollectionTree collection) {
        for (GenerationTree generation : collection.generations().values()) {
            if (generation.value().getPhase() == GenerationPhase.GENERATION_PHASE_ENDING) {
                pass.lookAgainSoon();
                return end(pass, collection, generation);
            }
        }
        return false;
    }

    private boolean end(Pass pass, CollectionTree collection, GenerationTree generation) {
        if (isStillUsed(pass, collection, generation)) {
            return false;
        }
        ByteString uuid = collection.spec().getUuid();
        int number = generation.value().getGeneration();
        List<ByteString> blobs = BlobStore.namedOnlyBy(new GenerationKey(uuid, number)::equals, pass.tree());
        pass.order(
                partition -> true,
                () -> ControlCommand.newBuilder()
                        .setEndGeneration(EndGenerationOrder.newBuilder()
                                .setCollectionUuid(uuid)
                                .setGeneration(number)
                                .addAllBlobs(blobs)));
        String name = collection.spec().getName();
        FencedTree.Change change = pass.fence().change();
        remove(change, pass.paths(), name, generation);
        change.commit("removing generation " + number + " of collection \"" + name + "\"");
        LOG.info("generation {} of collection \"{}\" has ended", number, name);
        return true;
    }

    private boolean isStillUsed(Pass pass, CollectionTree collection, GenerationTree generation) {
        if (collection.serving() == null || pass.nowMs() - generation.value().getPhaseTimeMs() >= grace.toMillis()) {
            return false;
        }
        int serving = collection.serving().value().getGeneration();
        boolean hasServed = generation.value().getGeneration() < serving;
        String uuid = Uuids.hex(collection.spec().getUuid());
        return hasServed
                && pass.tree().coordinators().values().stream()
                        .anyMatch(coordinator -> coordinator.getAdoptedGenerationsOrDefault(uuid, -1) != serving);
    }

    /** Adds the removal of a generation's znodes to a change. */
    static void remove(FencedTree.Change change, ClusterTree paths, String name, GenerationTree generation) {
        int number = generation.value().getGeneration();
        generation.shards().keySet().forEach(shard -> change.delete(paths.shard(name, number, shard)));
        if (generation.value().getShardCount() > 0) {
            change.deleteIfThere(paths.shards(name, number));
        }
        change.delete(paths.generation(name, number));
    }
}
