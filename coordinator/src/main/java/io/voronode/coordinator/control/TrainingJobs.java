package io.voronode.coordinator.control;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Trainings, off the controller's thread: one at a time on a platform thread of its own, for they compute for seconds. Jobs are started, asked
 * after and cancelled by the controller's thread alone. What a cancelled job still computes is thrown away; what it still orders is fenced.
 */
final class TrainingJobs implements AutoCloseable {
    private final ExecutorService executor = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("voronode-trainer").daemon().factory());
    private final Map<GenerationKey, Job> jobs = new HashMap<>();

    private record Job(Future<TrainedMap> result, AtomicBoolean cancelled) {}

    /**
     * The result of the job for a generation, which is started if there is none; empty while it runs.
     *
     * @param job given what says that it is cancelled
     * @throws ExecutionException if it failed; it is then forgotten
     */
    Optional<TrainedMap> result(GenerationKey key, Function<BooleanSupplier, TrainedMap> job)
            throws ExecutionException {
        Job started = jobs.computeIfAbsent(key, ignored -> start(job));
        if (!started.result().isDone()) {
            return Optional.empty();
        }
        try {
            return Optional.of(started.result().get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Deposed("interrupted");
        } catch (ExecutionException | CancellationException e) {
            jobs.remove(key);
            throw e;
        }
    }

    private Job start(Function<BooleanSupplier, TrainedMap> job) {
        AtomicBoolean cancelled = new AtomicBoolean();
        return new Job(executor.submit(() -> job.apply(cancelled::get)), cancelled);
    }

    /** Ends a job, if there is one, and forgets it. */
    void cancel(GenerationKey key) {
        Job job = jobs.remove(key);
        if (job != null) {
            job.cancelled().set(true);
            job.result().cancel(true);
        }
    }

    /** Ends all jobs: another controller trains. */
    void cancelAll() {
        Map.copyOf(jobs).keySet().forEach(this::cancel);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
