package io.voronode.coordinator.compute;

import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Runs vector arithmetic for request handlers. Handlers live on virtual threads, which a long SIMD loop would take from the
 * others; so only what is over in about a millisecond runs on the calling thread, and the rest on as many platform threads as
 * there are processors. What waits for them is bounded by the number of admitted requests.
 */
public final class Compute implements AutoCloseable {
    // 25 to 50 billion multiply-adds a second and core (measured by the engine): a third of a millisecond.
    private static final long INLINE_OPERATIONS = 8_000_000;

    private final ForkJoinPool pool = new ForkJoinPool(Runtime.getRuntime().availableProcessors());

    /**
     * Runs the body for 0 to count − 1, in parallel where that pays, and returns when all are done.
     *
     * @param operationsEach multiply-adds that one run takes, about
     */
    public void forEach(int count, long operationsEach, IntConsumer body) {
        if (count * operationsEach <= INLINE_OPERATIONS) {
            IntStream.range(0, count).forEach(body);
        } else {
            pool.submit(() -> IntStream.range(0, count).parallel().forEach(body))
                    .join();
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
