package io.voronode.coordinator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import org.junit.jupiter.api.Test;

final class LagTest {
    @Test
    void isToldInMilliseconds() {
        assertThat(Lag.of(0)).isEqualTo(Durations.ZERO);
        assertThat(Durations.toMillis(Lag.of(1_234))).isEqualTo(1_234);
    }

    @Test
    void ofAReplicaThatHasNotHeardFromALeaderIsTheLongestThereCanBe() {
        assertThat(Durations.isValid(Lag.of(Long.MAX_VALUE))).isTrue();
        assertThat(Durations.toDays(Lag.of(Long.MAX_VALUE))).isGreaterThan(365_000);
    }
}
