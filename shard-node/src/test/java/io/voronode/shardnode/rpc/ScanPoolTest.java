package io.voronode.shardnode.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ScanPoolTest {
    private static final int STEPS = 5;

    @Test
    void whoWaitsGoesBeforeTheNextStepInTheBackground() throws InterruptedException {
        try (ScanPool pool = new ScanPool(1)) {
            Queue<String> order = new ConcurrentLinkedQueue<>();
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch waits = new CountDownLatch(1);
            CountDownLatch ended = new CountDownLatch(1);
            AtomicInteger steps = new AtomicInteger();
            pool.runInBackground(() -> {
                begun.countDown();
                await(waits);
                order.add("step");
                boolean more = steps.incrementAndGet() < STEPS;
                if (!more) {
                    ended.countDown();
                }
                return more;
            });
            await(begun);
            pool.run(1, () -> order.add("search"));
            waits.countDown();
            await(ended);
            assertThat(List.copyOf(order)).containsExactly("step", "search", "step", "step", "step", "step");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
