package io.voronode.coordinator.control;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * What the controller has done for generations off its own thread: one job at a time on a platform thread. Jobs are started, asked after and
 * cancelled by the controller's thread alone. What a cancelled job still computes is thrown away; what it still orders is fenced.
 */
final class BackgroundJobs<R> implements AutoCloseable {
    private final ExecutorService executor;
    private final Map<GenerationKey, Job<R>> jobs = new HashMap<>();

    private record Job<R>(Future<R> result, AtomicBoolean cancelled) {}

    BackgroundJobs(String thread) {
        executor = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name(thread).daemon().factory());
    }

    /**
     * The result of the job for a generation, which is started if there is none; empty while it runs. A job that has ended is forgotten.
     *
     * @param job given what says that it is cancelled
     * @throws ExecutionException if it failed
     */
    Optional<R> result(GenerationKey key, Function<BooleanSupplier, R> job) throws ExecutionException {
        Job<R> started = jobs.computeIfAbsent(key, ignored -> start(job));
        if (!started.result().isDone()) {
            return Optional.empty();
        }
        jobs.remove(key);
        try {
            return Optional.of(started.result().get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Deposed("interrupted");
        }
    }

    private Job<R> start(Function<BooleanSupplier, R> job) {
        AtomicBoolean cancelled = new AtomicBoolean();
        return new Job<>(executor.submit(() -> job.apply(cancelled::get)), cancelled);
    }

    /** Ends a job, if there is one, and forgets it. */
    void cancel(GenerationKey key) {
        Job<R> job = jobs.remove(key);
        if (job != null) {
            job.cancelled().set(true);
            job.result().cancel(true);
        }
    }

    /** Ends all jobs: another controller takes over. */
    void cancelAll() {
        Map.copyOf(jobs).keySet().forEach(this::cancel);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
