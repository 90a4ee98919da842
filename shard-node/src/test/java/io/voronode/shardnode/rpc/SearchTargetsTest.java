package io.voronode.shardnode.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.Position;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class SearchTargetsTest {
    private static Position position(int partition, String lineage, long index) {
        return Position.newBuilder()
                .setPartition(partition)
                .setLineage(ByteString.copyFromUtf8(lineage))
                .setIndex(index)
                .build();
    }

    @Test
    void ofAllShardsTheLatestPositionOfEachPartitionIsTold() {
        assertThat(SearchTargets.latest(
                        Stream.of(position(0, "a", 7), position(1, "b", 3), position(0, "a", 5), position(1, "b", 4))))
                .containsExactly(position(0, "a", 7), position(1, "b", 4));
    }

    @Test
    void ofTwoLineagesOneIsTold() {
        assertThat(SearchTargets.latest(Stream.of(position(0, "old", 900), position(0, "new", 2))))
                .containsExactly(position(0, "new", 2));
    }
}
