package io.voronode.coordinator.control;

import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.proto.internal.v1.ControllerServiceGrpc;
import io.voronode.proto.internal.v1.CoordinatorLiveness;
import io.voronode.proto.internal.v1.DescribeTrainingsRequest;
import io.voronode.proto.internal.v1.GenerationPhase;
import io.voronode.proto.internal.v1.TrainingStatus;
import io.voronode.wire.Channels;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the controller how far its trainings are, if the tree has any: this coordinator if it trains, else the one that the tree names. */
final class TrainingProbe {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingProbe.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final Channels channels;
    private final TrainingJobs own;

    TrainingProbe(Channels channels, TrainingJobs own) {
        this.channels = channels;
        this.own = own;
    }

    /** What the controller says; nothing where it does not, or there is nothing to tell. Blocks. */
    Trainings ask(TreeSnapshot tree) {
        if (!isTraining(tree)) {
            return Trainings.NONE;
        }
        List<TrainingStatus> known = own.describe();
        return Trainings.of(known.isEmpty() ? askController(tree) : known);
    }

    private static boolean isTraining(TreeSnapshot tree) {
        return tree.collections().values().stream()
                .flatMap(collection -> collection.generations().values().stream())
                .anyMatch(generation -> generation.value().getPhase() == GenerationPhase.GENERATION_PHASE_TRAINING);
    }

    private List<TrainingStatus> askController(TreeSnapshot tree) {
        CoordinatorLiveness controller = tree.epoch() == null
                ? null
                : tree.coordinators().get(tree.epoch().value().getCoordinator());
        if (controller == null || controller.getAddress().isEmpty()) {
            return List.of();
        }
        try {
            return ControllerServiceGrpc.newBlockingStub(channels.to(controller.getAddress()))
                    .withDeadlineAfter(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .describeTrainings(DescribeTrainingsRequest.getDefaultInstance())
                    .getTrainingsList();
        } catch (RuntimeException e) {
            LOG.debug("controller {} did not tell its trainings", controller.getCoordinator(), e);
            return List.of();
        }
    }
}
