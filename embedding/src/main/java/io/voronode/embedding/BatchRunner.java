package io.voronode.embedding;

import io.voronode.embedding.EmbeddingException.Reason;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs batches of all callers on a few platform threads, one batch per thread at a time.
 *
 * <p>Fairness: a call has at most as many batches under way as there are threads and adds the next when its oldest is
 * done, so a single query waits for a few batches of a bulk load and not for the whole of it. Bounds: at most
 * {@value #MAX_CALLS} calls are admitted, later ones wait at the door; so the queue, which holds what the admitted calls may
 * have under way, never overflows.
 */
final class BatchRunner implements AutoCloseable {

    private static final int MAX_CALLS = 64;

    private final int threads;
    private final Semaphore calls = new Semaphore(MAX_CALLS, true);
    private final ThreadPoolExecutor pool;

    BatchRunner(int threads) {
        this.threads = threads;
        this.pool = new ThreadPoolExecutor(
                threads,
                threads,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_CALLS * threads),
                Thread.ofPlatform().daemon().name("embedding-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
    }

    /** Runs all batches and waits for them; the first failure abandons the batches that were not begun. */
    void run(List<? extends Callable<?>> batches) throws EmbeddingException {
        Queue<Future<?>> underWay = new ArrayDeque<>();
        try {
            calls.acquire();
            try {
                for (Callable<?> batch : batches) {
                    if (underWay.size() == threads) {
                        underWay.remove().get();
                    }
                    underWay.add(pool.submit(batch));
                }
                while (!underWay.isEmpty()) {
                    underWay.remove().get();
                }
            } finally {
                underWay.forEach(future -> future.cancel(false));
                calls.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddingException(Reason.UNAVAILABLE, "interrupted while waiting for embeddings", e);
        } catch (RejectedExecutionException e) {
            throw new EmbeddingException(Reason.UNAVAILABLE, "the embedding models are closed", e);
        } catch (ExecutionException e) {
            throw asEmbeddingException(Objects.requireNonNullElse(e.getCause(), e));
        }
    }

    private static EmbeddingException asEmbeddingException(Throwable cause) {
        return cause instanceof EmbeddingException failure
                ? failure
                : new EmbeddingException(Reason.INTERNAL, "the embedding model failed: " + cause.getMessage(), cause);
    }

    /** Runs what is queued, begins nothing new. */
    @Override
    public void close() {
        pool.close();
    }
}
