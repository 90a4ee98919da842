package io.voronode.shardnode.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ScanLoadTest {
    private final AtomicLong clock = new AtomicLong(5);
    private final ScanLoad load = new ScanLoad(clock::get, 4);

    @Test
    void tellsNothingBeforeAMinuteOfSearches() {
        pass(Duration.ofMinutes(9));
        search(59, 1_000);
        assertThat(load.get()).isEmpty();
        search(2, 1_000);
        assertThat(load.get()).isPresent();
    }

    @Test
    void isNothingWhereNobodySearchesForTenMinutes() {
        pass(Duration.ofMinutes(10));
        assertThat(load.get()).hasValue(0);
    }

    @Test
    void isTheShareOfTheProcessorsSinceTheFirstSearch() {
        pass(Duration.ofMinutes(8));
        search(120, 2_000);
        assertThat(load.get().orElseThrow()).isCloseTo(0.5, Offset.offset(0.01));
    }

    @Test
    void forgetsWhatHasBeen() {
        search(3_600, 4_000);
        assertThat(load.get().orElseThrow()).isCloseTo(1, Offset.offset(0.01));
        pass(Duration.ofMinutes(10));
        assertThat(load.get().orElseThrow()).isCloseTo(1 / Math.E, Offset.offset(0.01));
    }

    /** Each second for so many. */
    private void search(int seconds, long cpuMsPerSecond) {
        for (int i = 0; i < seconds; i++) {
            load.add(Duration.ofMillis(cpuMsPerSecond).toNanos());
            pass(Duration.ofSeconds(1));
        }
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }
}
