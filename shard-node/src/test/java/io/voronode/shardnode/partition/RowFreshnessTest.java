package io.voronode.shardnode.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RowFreshnessTest {
    private long nowMs = -7;
    private final RowFreshness freshness = new RowFreshness(() -> TimeUnit.MILLISECONDS.toNanos(nowMs));

    @Test
    void nobodyKnowsHowOldRowsAreThatNeverHadAllThatTheLeaderHad() {
        assertThat(freshness.ageMs()).isEqualTo(Long.MAX_VALUE);

        freshness.note(1_000, 0, 800);
        nowMs += 500;
        freshness.note(1_400, 0, 999);

        assertThat(freshness.ageMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void rowsAreAsOldAsTheLeadersLastWordThatTheyReached() {
        freshness.note(10, 3, 10);
        assertThat(freshness.ageMs()).isEqualTo(3);

        nowMs += 100;
        freshness.note(12, 0, 11);
        assertThat(freshness.ageMs()).isEqualTo(103);

        nowMs += 20;
        freshness.note(15, 0, 12);
        assertThat(freshness.ageMs()).as("12 was told 20 ms ago").isEqualTo(20);
    }

    @Test
    void rowsThatAreAlwaysALittleBehindGrowNoOlder() {
        for (int index = 0; index < 1_000; index += 10) {
            freshness.note(index + 15, 0, index);
            nowMs += 100;
        }

        assertThat(freshness.ageMs()).isLessThanOrEqualTo(400);
    }

    @Test
    void anOlderWordTakesNothingBack() {
        freshness.note(10, 0, 10);
        freshness.note(10, 5_000, 10);

        assertThat(freshness.ageMs()).isZero();
    }

    @Test
    void afterAnotherBeginningNothingIsKnown() {
        freshness.note(10, 0, 10);
        freshness.note(20, 0, 10);
        freshness.forget();
        freshness.note(30, 0, 20);

        assertThat(freshness.ageMs()).isEqualTo(Long.MAX_VALUE);
    }
}
