package io.voronode.shardnode.rpc;

import io.voronode.wire.VoronodeException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The threads that scan: platform threads, as many as cores, because a scan computes and never waits. A request takes one place in
 * the queue; others of its scans are shared out only to threads that have nothing to do.
 */
final class ScanPool implements AutoCloseable {
    private static final Duration RETRY_DELAY = Duration.ofMillis(50);
    private static final long CLOSE_SECONDS = 10;

    private final int size;
    private final ThreadPoolExecutor pool;

    ScanPool(int size) {
        this.size = size;
        this.pool = new ThreadPoolExecutor(
                size,
                size,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(2 * size),
                Thread.ofPlatform().daemon().name("scan-", 0).factory());
    }

    /**
     * Runs the worker once, and on idle threads more often, but at most so often at the same time.
     *
     * @throws VoronodeException.Overload if the queue is full
     */
    void run(int most, Runnable worker) {
        try {
            pool.execute(worker);
        } catch (RejectedExecutionException e) {
            throw new VoronodeException.Overload(
                    "all " + size + " scan threads are busy and " + 2 * size + " searches wait already", RETRY_DELAY);
        }
        for (int i = 1; i < Math.min(most, size) && isIdle(); i++) {
            help(worker);
        }
    }

    /**
     * Runs steps one after the other on one thread, which is left to those who wait after each of them.
     *
     * @param step does one, and says whether there are more
     * @throws VoronodeException.Overload if the queue is full
     */
    void runInBackground(BooleanSupplier step) {
        run(1, () -> runSteps(step));
    }

    private void runSteps(BooleanSupplier step) {
        while (step.getAsBoolean()) {
            if (!pool.getQueue().isEmpty() && goesBehind(step)) {
                return;
            }
        }
    }

    /** False where the queue is full, or the pool closes: then the steps go on at once, since nobody else would do them. */
    private boolean goesBehind(BooleanSupplier step) {
        try {
            pool.execute(() -> runSteps(step));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private boolean isIdle() {
        return pool.getQueue().isEmpty() && pool.getActiveCount() < size;
    }

    private void help(Runnable worker) {
        try {
            pool.execute(worker);
        } catch (RejectedExecutionException e) {
            // Others came first: the one worker that was accepted does it all.
        }
    }

    @Override
    public void close() {
        pool.shutdown();
        try {
            if (!pool.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                pool.shutdownNow();
            }
        } catch (InterruptedException e) {
            pool.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
