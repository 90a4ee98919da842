package io.voronode.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.VectorRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class IngestLoadTest {
    private static final float[][] ROWS = {{1, 2}, {3, 4}};

    @Test
    void rowsComeInTheirOrderUnderKeysOfTheirOwn() {
        List<VectorRecord> records = records(new IngestLoad(ROWS, 2, 0));

        assertThat(records).extracting(VectorRecord::key).containsExactly("r0", "r1");
        assertThat(records).extracting(VectorRecord::vector).containsExactly(ROWS);
        assertThat(records).extracting(VectorRecord::payload).containsOnly("");
    }

    @Test
    void moreRecordsThanRowsAreRowsWithALittleNoise() {
        VectorRecord third = records(new IngestLoad(ROWS, 3, 0)).get(2);

        assertThat(third.vector()).isNotEqualTo(ROWS[0]);
        assertThat(third.vector())
                .usingElementComparator((a, b) -> Math.abs(a - b) < 0.5 ? 0 : 1)
                .containsExactly(1, 2);
        assertThat(third.vector())
                .isEqualTo(records(new IngestLoad(ROWS, 3, 0)).get(2).vector());
    }

    @Test
    void payloadsHaveTheWantedLengthAndDiffer() {
        List<VectorRecord> records = records(new IngestLoad(ROWS, 2, 1_024));

        assertThat(records).allSatisfy(record -> assertThat(record.payload()).hasSize(1_024));
        assertThat(records.get(0).payload().substring(30))
                .isNotEqualTo(records.get(1).payload().substring(30));
    }

    private static List<VectorRecord> records(IngestLoad load) {
        List<VectorRecord> records = new ArrayList<>();
        load.records("r").forEachRemaining(records::add);
        return records;
    }
}
