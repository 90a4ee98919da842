package io.voronode.coordinator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.voronode.coordinator.route.CallTime;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandlersTest {
    @Test
    void aPartOfAStreamHasNoMoreThanItsOwnTimeHoweverMuchTheStreamHas() {
        assertThat(leftInPart(3_600_000, 200)).isBetween(1L, 200L);
        assertThat(leftInPart(1_000, 20_000)).isBetween(1L, 1_000L);
    }

    private static long leftInPart(long streamMs, long partMs) {
        try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
                Handlers handlers = new Handlers(4)) {
            long[] left = new long[1];
            Context.current()
                    .withDeadlineAfter(streamMs, TimeUnit.MILLISECONDS, timer)
                    .run(() -> left[0] = handlers.part(partMs, CallTime::leftMs));
            timer.shutdownNow();
            return left[0];
        }
    }
}
