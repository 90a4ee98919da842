package io.voronode.coordinator.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class SilentNodesTest {
    private final AtomicLong clock = new AtomicLong();
    private final SilentNodes nodes = new SilentNodes(clock::get);

    @Test
    void silenceIsRememberedForAWhile() {
        nodes.silent(1, true, "node-1");

        clock.addAndGet(Duration.ofSeconds(9).toNanos());
        assertThat(nodes.isSilent(1, true, "node-1")).isTrue();
        clock.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(nodes.isSilent(1, true, "node-1")).isFalse();
    }

    @Test
    void anAnswerEndsIt() {
        nodes.silent(1, true, "node-1");
        nodes.answered(1, true, "node-1");

        assertThat(nodes.isSilent(1, true, "node-1")).isFalse();
    }

    @Test
    void itSaysNothingOfOtherPartitionsOrOfReads() {
        nodes.silent(1, true, "node-1");

        assertThat(nodes.isSilent(2, true, "node-1")).isFalse();
        assertThat(nodes.isSilent(1, false, "node-1")).isFalse();
    }
}
