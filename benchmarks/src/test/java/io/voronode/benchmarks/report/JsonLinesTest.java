package io.voronode.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.benchmarks.measure.Measured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JsonLinesTest {

    private static final Measured FULL = new Measured(
            "glove",
            "voronode",
            "IVF_FLAT",
            "cells=889 nprobe=16",
            10,
            0.9512,
            12345.6,
            80.5,
            1234567,
            8.25,
            404.0,
            2_570_228.0,
            123_456_789_012L,
            1536.0);

    private static final Measured SPARSE = new Measured(
            "glove", "jvector", "GRAPH", "M=16 beam=100 ef=20", 10, 1, 99, 1, 2, null, null, null, null, null);

    @TempDir
    private Path folder;

    @Test
    void aLineHasTheFieldsInOrderAndPlainNumbers() throws IOException {
        assertThat(JsonLines.line(FULL))
                .isEqualTo("{\"dataset\":\"glove\",\"engine\":\"voronode\",\"kind\":\"IVF_FLAT\","
                        + "\"setting\":\"cells=889 nprobe=16\",\"k\":10,\"recall\":0.9512,\"qps_cpu\":12345.6,"
                        + "\"p50_us\":80.5,\"p99_us\":1234570,\"build_cpu_s\":8.25,\"scan_bytes_per_vector\":404,"
                        + "\"bytes_per_query\":2570230,\"index_bytes\":123456789012,\"garbage_bytes_per_query\":1536}");
        assertThat(JsonLines.line(SPARSE)).contains("\"build_cpu_s\":null", "\"index_bytes\":null");
    }

    @Test
    void readsWhatItWrote() throws IOException {
        Path file = folder.resolve("results.json");

        JsonLines.write(file, List.of(FULL, SPARSE));
        List<Measured> read = JsonLines.read(file);

        assertThat(Files.readAllLines(file)).hasSize(2);
        assertThat(read).hasSize(2).last().isEqualTo(SPARSE);
        assertThat(read.getFirst().indexBytes()).isEqualTo(123_456_789_012L);
        assertThat(read.getFirst().indexSetting()).isEqualTo("cells=889");
    }

    @Test
    void namesTheLineThatItCannotRead() throws IOException {
        Path file = folder.resolve("results.json");
        Files.writeString(file, JsonLines.line(FULL) + "\n{\"dataset\":\"glove\"}\n");

        assertThatThrownBy(() -> JsonLines.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("results.json, line 2")
                .hasMessageContaining("engine");
    }
}
