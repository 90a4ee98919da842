package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

final class ReopenerTest {
    /** Attempts that were begun and wait to be carried out. */
    private final Deque<Runnable> begun = new ArrayDeque<>();

    private int attempts;
    private boolean full;
    private long nanos;
    private final Reopener reopener = new Reopener(() -> attempts++, begun::add, () -> full, () -> nanos);

    private void tendAt(Duration time) {
        nanos = time.toNanos();
        reopener.tend();
    }

    private void carryOut() {
        begun.forEach(Runnable::run);
        begun.clear();
    }

    @Test
    void waitsLongerAfterEachAttempt() {
        tendAt(Duration.ZERO);
        carryOut();
        tendAt(Duration.ofMillis(900));
        assertThat(begun).isEmpty();
        tendAt(Duration.ofSeconds(1));
        carryOut();
        tendAt(Duration.ofMillis(2_900));
        assertThat(begun).isEmpty();
        tendAt(Duration.ofSeconds(3));
        assertThat(begun).hasSize(1);
        assertThat(attempts).isEqualTo(2);
    }

    @Test
    void anAttemptThatHangsHoldsUpNobodyAndIsTheOnlyOne() {
        tendAt(Duration.ZERO);
        assertThat(reopener.isUnderWay()).isTrue();
        tendAt(Duration.ofMinutes(10));
        assertThat(begun).hasSize(1);
        carryOut();
        assertThat(reopener.isUnderWay()).isFalse();
    }

    @Test
    void triesAtOnceWhenAFullDiskHasRoomAgain() {
        full = true;
        for (int second = 0; second < 1_000; second++) {
            tendAt(Duration.ofSeconds(second));
            carryOut();
        }
        int before = attempts;
        full = false;
        tendAt(Duration.ofSeconds(1_000));
        assertThat(begun).hasSize(1);
        assertThat(before).isBetween(10, 30);
    }

    @Test
    void aFailureAfterAGoodTimeIsANewOne() {
        tendAt(Duration.ZERO);
        carryOut();
        tendAt(Duration.ofSeconds(1));
        carryOut();
        reopener.works();
        tendAt(Duration.ofSeconds(10));
        carryOut();
        tendAt(Duration.ofSeconds(11));
        assertThat(begun).hasSize(1);
    }
}
