package io.voronode.engine.clustering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProbeRuleTest {

    private static final float[] DEEP = {1, 9, 16, 25, 36};
    private static final float[] BETWEEN = {1, 1.02f, 1.04f, 1.06f, 1.08f};

    @Test
    void exponentZeroScansAFixedNumberOfCells() {
        ProbeRule three = new ProbeRule(0, 3);
        assertThat(three.probes(DEEP)).isEqualTo(3);
        assertThat(three.probes(BETWEEN)).isEqualTo(3);
        assertThat(new ProbeRule(0, 2.5).probes(DEEP)).isEqualTo(3);
    }

    @Test
    void aQueryDeepInItsCellStopsEarlierThanOneBetweenCells() {
        ProbeRule rule = new ProbeRule(4, 5);
        assertThat(rule.probes(DEEP)).isEqualTo(1);
        assertThat(rule.probes(BETWEEN)).isEqualTo(5);
    }

    @Test
    void stopsAtTheFirstPlaceWhereProbesTimesTheRatioReachTheEffort() {
        ProbeRule rule = new ProbeRule(2, 40);
        for (int probes = 1; probes < rule.probes(DEEP); probes++) {
            assertThat(probes * DEEP[probes]).isLessThan(40);
        }
        assertThat(rule.probes(DEEP)).isEqualTo(3);
    }

    @Test
    void moreEffortNeverScansFewerCellsAndNeverMoreThanTheEffort() {
        for (float exponent : new float[] {0, 2, 8}) {
            int before = 0;
            for (double effort = 1; effort < 10; effort += 0.25) {
                ProbeRule rule = new ProbeRule(exponent, effort);
                assertThat(rule.probes(BETWEEN)).isBetween(before, rule.most(BETWEEN.length));
                before = rule.probes(BETWEEN);
            }
        }
    }

    @Test
    void aQueryOnItsCentroidScansOneCell() {
        assertThat(new ProbeRule(6, 1_000).probes(new float[] {0, 1, 2})).isEqualTo(1);
    }

    @Test
    void centroidsThatAreAllAtTheQueryAreAllScannedUpToTheEffort() {
        assertThat(new ProbeRule(6, 2).probes(new float[] {0, 0, 0})).isEqualTo(2);
    }

    @Test
    void oneCellIsScannedWhateverTheEffort() {
        assertThat(new ProbeRule(8, 1e9).probes(new float[] {3})).isEqualTo(1);
        assertThat(new ProbeRule(8, 1e9).most(1)).isEqualTo(1);
    }

    @Test
    void argumentsThatAreNoRuleAreRefusedWithTheirValues() {
        assertThatThrownBy(() -> new ProbeRule(-1, 2)).hasMessageContaining("exponent -1.0");
        assertThatThrownBy(() -> new ProbeRule(Float.NaN, 2)).hasMessageContaining("exponent NaN");
        assertThatThrownBy(() -> new ProbeRule(1, 0.5)).hasMessageContaining("effort 0.5 < 1");
    }
}
