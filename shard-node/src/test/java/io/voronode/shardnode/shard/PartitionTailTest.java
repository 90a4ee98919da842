package io.voronode.shardnode.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PartitionTailTest {
    private final Inbox inbox = new Inbox();
    private final PartitionTail tail = new PartitionTail(0, inbox);

    @Test
    void aSourceThatHasHeardLessTakesNothingBack() {
        long now = System.nanoTime();
        tail.advanceTo(7, FeedMessages.position(7), now);

        tail.advanceTo(7, FeedMessages.position(7), now - TimeUnit.SECONDS.toNanos(5));

        assertThat(tail.headAtNanos()).isEqualTo(now);
    }

    @Test
    void aHeadThatACommitHasFromTheFutureIsFromNow() {
        Cursor cursor = new Cursor(FeedMessages.position(7), 7, 0, true);
        long before = System.nanoTime();

        PartitionTail restored = new PartitionTail(0, inbox, cursor, before + TimeUnit.HOURS.toNanos(1));

        assertThat(restored.headAtNanos() - before).isBetween(0L, System.nanoTime() - before);
    }

    @Test
    void whatASourceWithoutALeaderSaysIsOld() throws InterruptedException {
        tail.advanced(FeedMessages.position(7), Long.MAX_VALUE);

        assertThat(inbox.drain(0)).singleElement().satisfies(event -> {
            FeedEvent.Advanced advanced = (FeedEvent.Advanced) event;
            assertThat(TimeUnit.NANOSECONDS.toDays(System.nanoTime() - advanced.leaderHeardNanos()))
                    .isEqualTo(365);
        });
    }
}
