package io.voronode.coordinator.canary;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShadowBudgetTest {
    private int coordinators = 1;
    private final ShadowBudget budget = new ShadowBudget(() -> coordinators);

    @Test
    void hasOneTurnAtATime() {
        assertThat(budget.begin(10)).isTrue();
        assertThat(budget.begin(11)).isFalse();
    }

    @Test
    void theNextTurnComesAHundredTimesAsLongAfterTheBeginningOfOneAsItTook() {
        budget.begin(1_000);
        budget.end(1_030);

        assertThat(budget.begin(1_000 + 2_999)).isFalse();
        assertThat(budget.begin(1_000 + 3_000)).isTrue();
    }

    @Test
    void sharesTheHundredthWithOtherCoordinators() {
        coordinators = 3;
        budget.begin(1_000);
        budget.end(1_030);

        assertThat(budget.begin(1_000 + 8_999)).isFalse();
        assertThat(budget.begin(1_000 + 9_000)).isTrue();
    }

    @Test
    void whatKnowsOfNoCoordinatorYetTakesTheHundredth() {
        coordinators = 0;
        budget.begin(1_000);
        budget.end(1_030);

        assertThat(budget.begin(1_000 + 2_999)).isFalse();
    }

    @Test
    void theClockMayBeginAnywhere() {
        assertThat(budget.begin(Long.MAX_VALUE - 5)).isTrue();
        budget.end(Long.MAX_VALUE - 4);

        assertThat(budget.begin(Long.MAX_VALUE)).isFalse();
        assertThat(budget.begin(Long.MIN_VALUE + 94)).isTrue();
    }
}
