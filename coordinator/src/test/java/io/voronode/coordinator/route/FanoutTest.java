package io.voronode.coordinator.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class FanoutTest {

    @Test
    void resultsAreInTheOrderOfTheInputs() {
        assertThat(Fanout.map(List.of(), input -> input)).isEmpty();
        assertThat(Fanout.map(List.of(1), input -> 2 * input)).containsExactly(2);
        assertThat(Fanout.map(List.of(1, 2, 3), input -> 2 * input)).containsExactly(2, 4, 6);
    }

    @Test
    void allRunAtTheSameTimeAndOneOfThemOnTheCallingThread() {
        CountDownLatch begun = new CountDownLatch(3);

        List<Thread> threads = Fanout.map(List.of(1, 2, 3), input -> {
            begun.countDown();
            await(begun);
            return Thread.currentThread();
        });

        assertThat(threads).doesNotHaveDuplicates().contains(Thread.currentThread());
    }

    @Test
    void eachSeesTheCallersContext() {
        Context.Key<String> key = Context.key("key");

        Context before = Context.current().withValue(key, "value").attach();
        try {
            assertThat(Fanout.map(List.of(1, 2, 3), input -> key.get())).containsOnly("value");
        } finally {
            Context.current().detach(before);
        }
    }

    @Test
    void theFirstFailureInOrderIsThrownWhenAllHaveEnded() {
        AtomicInteger ended = new AtomicInteger();

        assertThatThrownBy(() -> Fanout.map(List.of(1, 2, 3), input -> {
                    ended.incrementAndGet();
                    throw new IllegalArgumentException("input " + input);
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("input 1");
        assertThat(ended).hasValue(3);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
