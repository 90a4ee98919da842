package io.voronode.shardnode.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MockClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class RecentTest {
    private final MockClock clock = new MockClock();
    private final AtomicInteger made = new AtomicInteger();
    private final Recent<Integer> recent = new Recent<>(made::incrementAndGet, clock);

    @Test
    void isMadeOnceForAllWhoAskWithinASecond() {
        assertThat(recent.get()).isEqualTo(1);
        clock.add(Duration.ofMillis(999));
        assertThat(recent.get()).isEqualTo(1);
    }

    @Test
    void isMadeAnewAfterASecond() {
        assertThat(recent.get()).isEqualTo(1);
        clock.add(Duration.ofSeconds(1));
        assertThat(recent.get()).isEqualTo(2);
    }
}
