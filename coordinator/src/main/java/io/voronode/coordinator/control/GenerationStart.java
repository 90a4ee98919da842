package io.voronode.coordinator.control;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.proto.internal.v1.CollectionNode;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.GenerationPhase;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides that a new generation is built, and gives it its number. This is where the life of a generation begins:
 *
 * <pre>
 *            reason to build            map stored               all shards ready, calibrated
 *   (none) ───────────────────▶ TRAINING ───────────▶ BUILDING ─────────────────────────▶ SERVING
 *            {@link GenerationStart}   │  {@link GenerationTraining}  │  {@link GenerationBuilding}               │
 *                                  │ failed              │ failed                            │ a newer one serves
 *                                  ▼                     ▼                                   ▼
 *                                ENDING ◀────────────────┴───────────────────────────────────┘
 *                                  │  {@link GenerationEnding}: END in every partition
 *                                  ▼
 *                                (none)
 * </pre>
 *
 * The phase is in the generation's znode and changes only in a transaction with what else it means, so whoever is the controller
 * reads where things stand. At most one generation is being built or ended at a time; the serving one answers throughout. Numbers are taken
 * from {@code last_generation} of the collection's config by compare-and-set, so a number is used once, also when a user's wish for
 * retraining and the controller's own decision meet.
 */
final class GenerationStart implements CollectionStep {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationStart.class);

    private final RetryTimes<ByteString> backOff;
    private final IngestSpeed speed;

    GenerationStart(RetryTimes<ByteString> backOff, IngestSpeed speed) {
        this.backOff = backOff;
        this.speed = speed;
    }

    @Override
    public boolean run(Pass pass, CollectionTree collection) {
        ByteString uuid = collection.spec().getUuid();
        OptionalLong rows = pass.reports().liveRows(uuid, pass.tree().partitionCount());
        if (rows.isEmpty() || collection.serving() == null) {
            return false;
        }
        boolean fast = speed.isFast(uuid, pass.tickMs(), rows.getAsLong());
        GenerationTree serving =
                collection.generations().get(collection.serving().value().getGeneration());
        if (serving == null || collection.generations().size() > 1 || !backOff.mayTry(uuid, pass.tickMs())) {
            return false;
        }
        TrainingPolicy.Present present = new TrainingPolicy.Present(
                rows.getAsLong(), Imbalance.of(serving, uuid, pass.reports(), rows.getAsLong()), fast, pass.nowMs());
        Optional<String> reason = TrainingPolicy.reason(collection.node(), serving.value(), present);
        reason.ifPresent(why -> start(pass, collection, why));
        return reason.isPresent();
    }

    private static void start(Pass pass, CollectionTree collection, String why) {
        String name = collection.spec().getName();
        int number = collection.node().getLastGeneration() + 1;
        CollectionNode config = collection.node().toBuilder()
                .setLastGeneration(number)
                .setRequestedGeneration(0)
                .build();
        GenerationNode generation = GenerationNode.newBuilder()
                .setGeneration(number)
                .setPhase(GenerationPhase.GENERATION_PHASE_TRAINING)
                .setIndexKind(collection.spec().getIndexKind())
                .setPhaseTimeMs(pass.nowMs())
                .build();
        pass.fence()
                .change()
                .replace(
                        pass.paths().collectionConfig(name), collection.config().version(), config)
                .create(pass.paths().generation(name, number), generation)
                .commit("starting generation " + number + " of collection \"" + name + "\"");
        pass.lookAgainSoon();
        LOG.info("collection \"{}\" gets generation {}: {}", name, number, why);
    }
}
