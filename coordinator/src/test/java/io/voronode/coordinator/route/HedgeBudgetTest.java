package io.voronode.coordinator.route;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HedgeBudgetTest {
    private final HedgeBudget budget = new HedgeBudget();

    @Test
    void aFewCallsAtOnceAndThenOneInTwoMayBeSentAgain() {
        int atOnce = 0;
        while (budget.spend()) {
            atOnce++;
        }
        assertThat(atOnce).isEqualTo(20);
        int hedges = 0;
        for (int call = 0; call < 100; call++) {
            budget.earn();
            hedges += budget.spend() ? 1 : 0;
        }
        assertThat(hedges).isEqualTo(50);
    }

    @Test
    void whatIsNotUsedIsNotKept() {
        for (int call = 0; call < 1_000; call++) {
            budget.earn();
        }
        int atOnce = 0;
        while (budget.spend()) {
            atOnce++;
        }
        assertThat(atOnce).isEqualTo(20);
    }
}
