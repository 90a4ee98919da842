package io.voronode.engine.clustering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FilteredProbesTest {

    private static final FilteredProbes UNCALIBRATED = new FilteredProbes(null, 10, 100);

    @Test
    void asManyCellsAreScannedAsFindTheSameShareOfSoManyMoreNeighbours() {
        RecallCurve ten =
                new RecallCurve(10, 400, new float[] {0.4f, 0.6f, 0.8f}, new float[3], new float[] {10, 20, 30});
        // Its codes lose less, which says nothing about cells.
        RecallCurve thousand =
                new RecallCurve(1_000, 400, new float[] {0.5f, 0.75f, 1}, new float[3], new float[] {100, 200, 300});
        FilteredProbes probes =
                new FilteredProbes(new ProbeCalibration("ab".repeat(32), 4, List.of(ten, thousand)), 10, 20);
        assertThat(probes.widened(20, 0.01, 0.01)).isBetween(200, 201);
        assertThat(probes.widened(7, 0.01, 0.01)).isBetween(70, 71);
        assertThat(probes.widened(20, 1, 1)).isEqualTo(20);
        assertThat(probes.widened(20, 0.1, 0.1)).isBetween(60, 66);
        assertThat(probes.widened(20, 0.001, 0.001)).isBetween(600, 660);
    }

    @Test
    void aFilterThatAcceptsAllChangesNothing() {
        assertThat(UNCALIBRATED.widened(16, 1, 1)).isEqualTo(16);
    }

    @Test
    void theFewerAreAcceptedTheMoreCellsAreScanned() {
        int cells = 0;
        for (double share : new double[] {1, 0.9, 0.5, 0.1, 0.01, 0.001}) {
            int wider = UNCALIBRATED.widened(100, share, share);
            assertThat(wider).isGreaterThan(cells);
            cells = wider;
        }
        assertThat(cells).isLessThan(100 * 10);
    }

    @Test
    void aFilterThatAcceptsLessNearTheQueryThanElsewhereWidensMore() {
        assertThat(UNCALIBRATED.widened(100, 0.01, 0.1)).isGreaterThan(UNCALIBRATED.widened(100, 0.01, 0.01));
        assertThat(UNCALIBRATED.widened(100, 0.1, 0.01)).isEqualTo(UNCALIBRATED.widened(100, 0.1, 0.1));
    }

    @Test
    void neverOverflows() {
        assertThat(UNCALIBRATED.widened(Integer.MAX_VALUE, 1e-9, 0.5)).isEqualTo(Integer.MAX_VALUE);
    }
}
