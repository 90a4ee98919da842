package io.voronode.coordinator.control;

import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.proto.internal.v1.CollectionNode;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.GenerationPhase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a build up: its generation is ENDING, and another under the next number is asked for in the same transaction, so that what a user
 * asked for is not forgotten with the number that failed. The controller's thread only.
 */
final class Abandonment {
    private static final Logger LOG = LoggerFactory.getLogger(Abandonment.class);

    private Abandonment() {}

    /** Where that is somebody's fault, who calls has warned of it. */
    static void abandon(Pass pass, CollectionTree collection, GenerationTree generation, String why) {
        String name = collection.spec().getName();
        int number = generation.value().getGeneration();
        CollectionNode config = collection.node().toBuilder()
                .setRequestedGeneration(collection.node().getLastGeneration() + 1)
                .build();
        GenerationNode ending = generation.value().toBuilder()
                .setPhase(GenerationPhase.GENERATION_PHASE_ENDING)
                .setPhaseTimeMs(pass.nowMs())
                .build();
        pass.fence()
                .change()
                .replace(
                        pass.paths().collectionConfig(name), collection.config().version(), config)
                .replace(
                        pass.paths().generation(name, number), generation.node().version(), ending)
                .commit("abandoning generation " + number + " of collection \"" + name + "\"");
        LOG.info("generation {} of collection \"{}\" is abandoned: {}", number, name, why);
    }
}
