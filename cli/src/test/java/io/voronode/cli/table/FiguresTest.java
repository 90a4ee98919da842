package io.voronode.cli.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class FiguresTest {
    @Test
    void figuresReadAsPeopleWriteThem() {
        assertThat(Figures.count(117_791)).isEqualTo("117 791");
        assertThat(Figures.bytes(512)).isEqualTo("512 B");
        assertThat(Figures.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Figures.time(Duration.ofNanos(850_000))).isEqualTo("850 µs");
        assertThat(Figures.time(Duration.ofMillis(12))).isEqualTo("12.0 ms");
        assertThat(Figures.time(Duration.ofMillis(4_200))).isEqualTo("4.2 s");
        assertThat(Figures.time(Duration.ofSeconds(200))).isEqualTo("3 min 20 s");
        assertThat(Figures.rate(1_000, Duration.ofMillis(500))).isEqualTo("2 000/s");
    }
}
