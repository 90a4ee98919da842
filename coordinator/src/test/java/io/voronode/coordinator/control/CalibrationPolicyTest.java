package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.v1.IndexKind;
import org.junit.jupiter.api.Test;

class CalibrationPolicyTest {
    private static final GenerationNode FLOATS = GenerationNode.newBuilder()
            .setCellCount(100)
            .setIndexKind(IndexKind.INDEX_KIND_IVF_FLAT_VALUE)
            .build();

    @Test
    void onlyGenerationsWhoseSearchesLeaveCellsOutAreCalibrated() {
        assertThat(CalibrationPolicy.applies(FLOATS)).isTrue();
        assertThat(CalibrationPolicy.applies(FLOATS.toBuilder().setCellCount(1).build()))
                .isFalse();
        assertThat(CalibrationPolicy.applies(FLOATS.toBuilder()
                        .setIndexKind(IndexKind.INDEX_KIND_FLAT_VALUE)
                        .build()))
                .isFalse();
    }

    @Test
    void largeCollectionsAreCalibratedWithFewerQueriesThanSmallOnes() {
        assertThat(CalibrationPolicy.queries(FLOATS, 384, 10_000)).isEqualTo(4_000);
        assertThat(CalibrationPolicy.queries(FLOATS, 384, 117_791)).isBetween(500, 600);
        assertThat(CalibrationPolicy.queries(FLOATS, 768, 10_000_000)).isEqualTo(500);
    }

    @Test
    void aQueryIsSearchedWithTheNumbersOfNeighboursThatTheCollectionIsLargeEnoughFor() {
        assertThat(CalibrationPolicy.classes(1, 300_000)).containsExactly(1, 10, 100);
        assertThat(CalibrationPolicy.classes(8, 300_000)).containsExactly(1, 10, 100, 1_000);
        assertThat(CalibrationPolicy.classes(8, 999)).containsExactly(1, 10);
        assertThat(CalibrationPolicy.classes(8, 3)).containsExactly(1);
    }
}
