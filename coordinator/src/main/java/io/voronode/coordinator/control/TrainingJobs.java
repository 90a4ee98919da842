package io.voronode.coordinator.control;

import io.voronode.proto.internal.v1.TrainingStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Trainings, off the controller's thread: one at a time on a platform thread of its own, for they compute for seconds. Jobs are started and
 * cancelled by the controller's thread alone; how far they are, any thread may ask. What a cancelled job still computes is thrown away; what
 * it still orders is fenced.
 */
final class TrainingJobs implements AutoCloseable {
    private final ExecutorService executor = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("voronode-trainer").daemon().factory());
    private final Map<GenerationKey, Job> jobs = new ConcurrentHashMap<>();

    private record Job(Future<TrainedMap> result, TrainingTicket ticket) {}

    /**
     * The result of the job for a generation, which is started if there is none; empty while it runs.
     *
     * @param job given the ticket by which it is watched
     * @throws ExecutionException if it failed; it is then forgotten
     */
    Optional<TrainedMap> result(GenerationKey key, Function<TrainingTicket, TrainedMap> job) throws ExecutionException {
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

    private Job start(Function<TrainingTicket, TrainedMap> job) {
        TrainingTicket ticket = new TrainingTicket();
        return new Job(executor.submit(() -> job.apply(ticket)), ticket);
    }

    /** The jobs there are, also those that wait for another one. */
    List<TrainingStatus> describe() {
        List<TrainingStatus> statuses = new ArrayList<>();
        jobs.forEach((key, job) -> {
            TrainingStatus.Builder status =
                    TrainingStatus.newBuilder().setCollectionUuid(key.uuid()).setGeneration(key.generation());
            job.ticket().progress().ifPresent(status::setProgress);
            statuses.add(status.build());
        });
        return statuses;
    }

    /** Ends a job, if there is one, and forgets it. */
    void cancel(GenerationKey key) {
        Job job = jobs.remove(key);
        if (job != null) {
            job.ticket().cancel();
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
