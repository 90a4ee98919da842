package io.voronode.coordinator.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.wire.VoronodeException.Overload;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepeatersTest {
    private static final int OF_ONE = 16 * Runtime.getRuntime().availableProcessors();

    private final Repeaters repeaters = new Repeaters();

    @Test
    void soManyCallsRepeatTheirAttemptsAtOnePartition() {
        List<Repeaters.Call> waiting = new ArrayList<>();
        for (int i = 0; i < OF_ONE; i++) {
            waiting.add(repeating(0, true));
        }
        assertThatThrownBy(() -> repeaters.begin(0, true).close())
                .as("before its first attempt, which may take as long")
                .isInstanceOfSatisfying(
                        Overload.class, e -> assertThat(e.retryDelay()).isPositive());
        repeating(1, true).close();
        repeating(0, false).close();
        waiting.getFirst().close();
        repeating(0, true).close();
    }

    @Test
    void fewerThanAllRequestsWaitForPartitions() {
        for (int partition = 0; partition < 2; partition++) {
            for (int i = 0; i < 3 * OF_ONE / 4; i++) {
                repeating(partition, true);
            }
        }
        try (Repeaters.Call healthy = repeaters.begin(2, true)) {
            assertThatThrownBy(healthy::repeats).isInstanceOf(Overload.class);
        }
    }

    @Test
    void whoFindsThePartitionBackMakesRoomForAll() {
        List<Repeaters.Call> waiting = new ArrayList<>();
        for (int i = 0; i < OF_ONE; i++) {
            waiting.add(repeating(0, true));
        }
        waiting.getFirst().succeeded();
        for (int i = 0; i < OF_ONE; i++) {
            repeaters.begin(0, true).close();
        }
    }

    private Repeaters.Call repeating(int partition, boolean leader) {
        Repeaters.Call call = repeaters.begin(partition, leader);
        call.repeats();
        return call;
    }
}
