package io.voronode.shardnode.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ScanThrottleTest {
    private static final long MIB = 1 << 20;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final ScanThrottle throttle = new ScanThrottle();
    private final long now = System.nanoTime() + SECOND;

    @Test
    void holdsBackNothingBeforeItIsTold() {
        assertThat(throttle.reserve(100 * MIB, now)).isZero();
        assertThat(throttle.reserve(100 * MIB, now)).isZero();
    }

    @Test
    void givesAllScansTogetherSoManyBytesASecond() {
        throttle.limit(4 * MIB);

        assertThat(throttle.reserve(2 * MIB, now)).isZero();
        assertThat(throttle.reserve(4 * MIB, now)).isEqualTo(SECOND / 2);
        assertThat(throttle.reserve(MIB, now)).isEqualTo(SECOND * 3 / 2);
    }

    @Test
    void savesNothingUpWhileNobodyScans() {
        throttle.limit(4 * MIB);
        throttle.reserve(MIB, now);

        assertThat(throttle.reserve(4 * MIB, now + 60 * SECOND)).isZero();
        assertThat(throttle.reserve(MIB, now + 60 * SECOND)).isEqualTo(SECOND);
    }

    @Test
    void forgetsWhatWasReservedOnceThereIsNoLimit() {
        throttle.limit(4 * MIB);
        throttle.reserve(400 * MIB, now);

        throttle.limit(0);

        assertThat(throttle.reserve(MIB, now)).isZero();
    }
}
