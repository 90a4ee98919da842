package io.voronode.coordinator.control;

import io.voronode.engine.clustering.TrainingWatch;
import io.voronode.proto.v1.TrainingPhase;
import io.voronode.proto.v1.TrainingProgress;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * What a training and the rest of the controller know of each other: the training says how far it is, the controller whether it is to
 * end. Any thread.
 */
final class TrainingTicket implements TrainingWatch {
    private volatile boolean cancelled;
    private volatile @Nullable TrainingProgress progress;

    void cancel() {
        cancelled = true;
    }

    @Override
    public boolean cancelled() {
        return cancelled;
    }

    /** For work that cannot ask by itself. */
    void throwIfCancelled() {
        if (cancelled) {
            throw new CancellationException("training is cancelled");
        }
    }

    void sampling(long done, long records) {
        reach(TrainingPhase.TRAINING_PHASE_SAMPLING, done, records);
    }

    @Override
    public void clustering(int done, int steps) {
        reach(TrainingPhase.TRAINING_PHASE_CLUSTERING, done, steps);
    }

    @Override
    public void grouping() {
        reach(TrainingPhase.TRAINING_PHASE_GROUPING, 0, 0);
    }

    void storing(int done, int chunks) {
        reach(TrainingPhase.TRAINING_PHASE_STORING, done, chunks);
    }

    private void reach(TrainingPhase phase, long done, long total) {
        progress = TrainingProgress.newBuilder()
                .setPhase(phase)
                .setDone(done)
                .setTotal(total)
                .build();
    }

    /** Empty before it begins. */
    Optional<TrainingProgress> progress() {
        return Optional.ofNullable(progress);
    }
}
