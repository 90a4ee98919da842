package io.voronode.engine.clustering;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FilteredProbesTest {

    @Test
    void aFilterThatAcceptsAllChangesNothing() {
        assertThat(FilteredProbes.widened(16, 1, 1)).isEqualTo(16);
    }

    @Test
    void theFewerAreAcceptedTheMoreCellsAreScanned() {
        int cells = 0;
        for (double share : new double[] {1, 0.9, 0.5, 0.1, 0.01, 0.001}) {
            int wider = FilteredProbes.widened(100, share, share);
            assertThat(wider).isGreaterThan(cells);
            cells = wider;
        }
        assertThat(cells).isLessThan(100 * 10);
    }

    @Test
    void aFilterThatAcceptsLessNearTheQueryThanElsewhereWidensMore() {
        assertThat(FilteredProbes.widened(100, 0.01, 0.1)).isGreaterThan(FilteredProbes.widened(100, 0.01, 0.01));
        assertThat(FilteredProbes.widened(100, 0.1, 0.01)).isEqualTo(FilteredProbes.widened(100, 0.1, 0.1));
    }

    @Test
    void neverOverflows() {
        assertThat(FilteredProbes.widened(Integer.MAX_VALUE, 1e-9, 0.5)).isEqualTo(Integer.MAX_VALUE);
    }
}
