package io.voronode.shardnode.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.Position;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InboxTest {
    private final Inbox inbox = new Inbox();

    private static Position position(int partition, long index) {
        return Position.newBuilder().setPartition(partition).setIndex(index).build();
    }

    @Test
    void knowsHowFarSourcesAreBeyondWhatIsVisible() throws InterruptedException {
        PartitionTail first = new PartitionTail(0, inbox);
        PartitionTail second = new PartitionTail(1, inbox);
        first.advanced(position(0, 10), 0);
        first.advanced(position(0, 14), 0);
        second.advanced(position(1, 7), 0);
        second.advanced(position(1, 5), 0);

        assertThat(inbox.drain(0)).hasSize(2);
        assertThat(inbox.entriesBeyond(List.of(position(0, 10), position(1, 6))))
                .isEqualTo(5);
        assertThat(inbox.entriesBeyond(List.of(position(0, 20), position(1, 7))))
                .isZero();
        assertThat(inbox.entriesBeyond(List.of(position(2, 3)))).isZero();
    }
}
