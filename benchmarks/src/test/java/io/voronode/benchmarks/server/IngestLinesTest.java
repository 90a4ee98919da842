package io.voronode.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class IngestLinesTest {

    @Test
    void tellsSpeedBytesMemoryAndRestart() {
        IngestFigures figures = new IngestFigures(
                "million",
                new IngestLoad(new float[][] {new float[100]}, 1_000, 1_024),
                1,
                0.5,
                2,
                3.5,
                3,
                900,
                new WrittenBytes(440_000, 400_000, 40_000, 600_000, 1_200_000),
                new WrittenBytes(4_000, 0, 0, 420_000, 840_000),
                new IngestFigures.Memory(1 << 20, 2 << 20, 3 << 20),
                OptionalDouble.of(4.25));

        assertThat(IngestLines.of(figures))
                .containsExactly(
                        "million: 1 000 records × 100 + 1.0 KiB of payload, 1 node",
                        "  durable after 0.5 s (2 000 records/s), searchable after 2.0 s (3.5 s of processor time) in generation 3, trained on 900",
                        "  written per byte of vectors by the load: 6.7 (log 1.1, rows 1.0, their compaction 0.1, index 1.5, its merges 3.0)",
                        "  by one more generation: 3.2 (log 0.0, rows 0.0, their compaction 0.0, index 1.1, its merges 2.1)",
                        "  memory: heap 1.0 MiB, native 2.0 MiB, of files 3.0 MiB",
                        "  serves 4.3 s after it was killed");
    }

    @Test
    void tellsTheTimesOfSingleWrites() {
        assertThat(IngestLines.of(new SingleUpserts(4.04, 12)))
                .containsExactly(
                        "single: one client, one record a call, answered when found by search: p50 4.0 ms, p99 12.0 ms");
    }
}
