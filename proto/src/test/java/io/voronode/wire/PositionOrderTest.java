package io.voronode.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.Position;
import org.junit.jupiter.api.Test;

final class PositionOrderTest {
    private static Position position(int partition, String lineage, long index) {
        return Position.newBuilder()
                .setPartition(partition)
                .setLineage(ByteString.copyFromUtf8(lineage))
                .setIndex(index)
                .build();
    }

    @Test
    void theLaterOfOneLineageIsTheHigher() {
        Position low = position(1, "a", 7);
        Position high = position(1, "a", 8);

        assertThat(PositionOrder.later(low, high)).isEqualTo(high);
        assertThat(PositionOrder.later(high, low)).isEqualTo(high);
    }

    @Test
    void ofTwoLineagesTheOneSeenLastCounts() {
        Position old = position(1, "a", 9);
        Position young = position(1, "b", 2);

        assertThat(PositionOrder.later(old, young)).isEqualTo(young);
        assertThat(PositionOrder.later(young, old)).isEqualTo(old);
    }

    @Test
    void nothingIsReachedInAnotherPartitionOrLineage() {
        Position mark = position(1, "a", 5);

        assertThat(PositionOrder.reaches(mark, position(1, "a", 5))).isTrue();
        assertThat(PositionOrder.reaches(mark, position(1, "a", 6))).isFalse();
        assertThat(PositionOrder.reaches(mark, position(2, "a", 5))).isFalse();
        assertThat(PositionOrder.reaches(mark, position(1, "b", 5))).isFalse();
    }
}
