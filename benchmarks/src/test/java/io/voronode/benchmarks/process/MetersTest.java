package io.voronode.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MetersTest {
    private static final Meters METERS = new Meters(List.of(
            "# HELP voronode_bytes_total something",
            "voronode_bytes_total{direction=\"sent\",method=\"Search\"} 10.0",
            "voronode_bytes_total{direction=\"received\",method=\"Search\"} 2.5E2",
            "voronode_bytes_total{direction=\"sent\",method=\"Write\"} 1000.0",
            "voronode_bytes_total_max{method=\"Search\"} 7.0",
            "voronode_alone 3.0"));

    @Test
    void sumsAMeterOverItsLabels() {
        assertThat(METERS.sum("voronode_bytes_total")).isEqualTo(1_260);
        assertThat(METERS.sum("voronode_bytes_total", "method=\"Search\"")).isEqualTo(260);
        assertThat(METERS.sum("voronode_alone")).isEqualTo(3);
    }

    @Test
    void aMeterThatIsNotThereIsNothing() {
        assertThat(METERS.sum("voronode_other")).isZero();
    }
}
