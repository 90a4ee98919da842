package io.voronode.engine.clustering;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Splits a loop over indices into chunks that the caller and a few platform threads take in turn. What a chunk computes
 * must not depend on who takes it or when, so that results are the same for any number of threads. Owned by one
 * training.
 */
final class Workers implements AutoCloseable {

    /** Rows between two looks at the cancellation: about a millisecond of work. */
    private static final int CHUNK = 64;

    private final int threads;
    private final TrainingWatch watch;
    private final ExecutorService pool;

    Workers(int threads, TrainingWatch watch) {
        this.threads = threads;
        this.watch = watch;
        this.pool = Executors.newFixedThreadPool(
                Math.max(1, threads - 1),
                Thread.ofPlatform().name("cell-training-", 0).daemon().factory());
    }

    /** A loop over {@code from} (inclusive) to {@code to} (exclusive). */
    interface Range {
        void run(int from, int to);
    }

    /** Runs the loop over [0, count) and returns when all of it is done. */
    void forAll(int count, Range range) {
        AtomicInteger next = new AtomicInteger();
        Runnable worker = () -> {
            try {
                for (int from = next.getAndAdd(CHUNK); from < count; from = next.getAndAdd(CHUNK)) {
                    throwIfCancelled();
                    range.run(from, Math.min(count, from + CHUNK));
                }
            } finally {
                next.set(count); // whoever stops early stops all
            }
        };
        List<Future<?>> helpers = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            helpers.add(pool.submit(worker));
        }
        worker.run();
        helpers.forEach(Workers::join);
        throwIfCancelled();
    }

    TrainingWatch watch() {
        return watch;
    }

    /** For work that is not a loop of {@link #forAll}. */
    void throwIfCancelled() {
        if (watch.cancelled()) {
            throw new CancellationException("training of cells cancelled");
        }
    }

    private static void join(Future<?> helper) {
        try {
            helper.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled = new CancellationException("training of cells interrupted");
            cancelled.initCause(e);
            throw cancelled;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("a training thread failed", e.getCause());
        }
    }

    /** Returns when the threads are done with their chunk. */
    @Override
    public void close() {
        pool.close();
    }
}
