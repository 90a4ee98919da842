package io.voronode.coordinator.control;

import io.voronode.proto.internal.v1.TrainingStatus;
import io.voronode.proto.v1.TrainingProgress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How far trainings were at one moment. Immutable.
 *
 * @param byGeneration those that are known to have begun
 */
record Trainings(Map<GenerationKey, TrainingProgress> byGeneration) {
    static final Trainings NONE = new Trainings(Map.of());

    Trainings {
        byGeneration = Map.copyOf(byGeneration);
    }

    static Trainings of(List<TrainingStatus> statuses) {
        Map<GenerationKey, TrainingProgress> begun = new HashMap<>();
        for (TrainingStatus status : statuses) {
            if (status.hasProgress()) {
                begun.put(new GenerationKey(status.getCollectionUuid(), status.getGeneration()), status.getProgress());
            }
        }
        return new Trainings(begun);
    }

    Optional<TrainingProgress> progress(GenerationKey key) {
        return Optional.ofNullable(byGeneration.get(key));
    }
}
