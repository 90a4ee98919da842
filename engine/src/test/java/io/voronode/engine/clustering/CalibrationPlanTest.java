package io.voronode.engine.clustering;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CalibrationPlanTest {

    @Test
    void largeIndexesAreCalibratedWithFewerQueriesThanSmallOnesAndCodesWithMore() {
        assertThat(CalibrationPlan.queries(10_000, 384, false)).isEqualTo(4_000);
        assertThat(CalibrationPlan.queries(117_791, 384, false)).isBetween(500, 600);
        assertThat(CalibrationPlan.queries(117_791, 384, true)).isEqualTo(4_000);
        assertThat(CalibrationPlan.queries(10_000_000, 768, true)).isEqualTo(500);
        assertThat(CalibrationPlan.queries(0, 1, false)).isEqualTo(4_000);
    }

    @Test
    void aQueryIsSearchedWithTheNumbersOfNeighboursThatTheIndexIsLargeEnoughFor() {
        assertThat(CalibrationPlan.classes(1, 4_000, 300_000)).containsExactly(1, 10);
        assertThat(CalibrationPlan.classes(4, 4_000, 300_000)).containsExactly(1, 10, 100);
        assertThat(CalibrationPlan.classes(16, 4_000, 300_000)).containsExactly(1, 10, 100, 1_000);
        assertThat(CalibrationPlan.classes(16, 4_000, 999)).containsExactly(1, 10);
        assertThat(CalibrationPlan.classes(16, 4_000, 3)).containsExactly(1);
    }

    @Test
    void ofFewQueriesMoreAreSearchedWithManyNeighbours() {
        assertThat(CalibrationPlan.classes(4, 500, 300_000)).containsExactly(1, 10, 100, 1_000);
        assertThat(CalibrationPlan.classes(1, 500, 300_000)).containsExactly(1, 10);
        assertThat(CalibrationPlan.classes(1, 100, 300_000)).containsExactly(1, 10, 100, 1_000);
    }
}
