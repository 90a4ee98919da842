package io.voronode.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.benchmarks.measure.Measured;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ResultTablesTest {

    private static final List<Measured> RESULTS = List.of(
            at("voronode", "IVF_FLAT", "cells=9 nprobe=1", 0.90, 3000),
            at("voronode", "IVF_FLAT", "cells=9 nprobe=2", 0.95, 2000),
            at("voronode", "FLAT", "cells=9 nprobe=1", 1.00, 50),
            at("lucene", "HNSW", "M=16 beam=200 ef=10", 0.90, 1000),
            at("lucene", "HNSW", "M=16 beam=200 ef=20", 0.96, 900));

    @Test
    void enginesStandBesideEachOtherAtEqualRecall() {
        List<String> table = ResultTables.comparison(RESULTS);

        assertThat(table.get(0)).startsWith("data").contains("voronode/lucene", "voronode/jvector");
        assertThat(table.get(1)).matches("glove +0.90 +3 000 +IVF_FLAT +1 000 +n/a +3.00× +n/a");
        assertThat(table.get(3)).matches("glove +0.99 +50 +FLAT +n/a +n/a +n/a +n/a");
    }

    @Test
    void everySettingHasALine() {
        List<String> table = ResultTables.settings(RESULTS);

        assertThat(table).hasSize(6);
        assertThat(table.get(4)).startsWith("glove  lucene").contains("M=16 beam=200 ef=10", "0.9000", "1 000", "n/a");
    }

    @Test
    void everyIndexHasALineOfCosts() {
        List<String> table = ResultTables.builds(RESULTS);

        assertThat(table).hasSize(4);
        assertThat(table.get(3)).matches("glove +lucene +HNSW +M=16 beam=200 +n/a +n/a +n/a");
    }

    private static Measured at(String engine, String kind, String setting, double recall, double speed) {
        return new Measured("glove", engine, kind, setting, 10, recall, speed, 1, 2, null, null, null, null, null);
    }
}
