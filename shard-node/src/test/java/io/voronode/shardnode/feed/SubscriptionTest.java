package io.voronode.shardnode.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.Subscribe;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SubscriptionTest {
    private long nowNanos = -5;
    private final Subscription subscription = new Subscription(Subscribe.getDefaultInstance(), () -> nowNanos);

    private void passes(int seconds) {
        nowNanos += Duration.ofSeconds(seconds).toNanos();
    }

    private void send(long index) {
        subscription.sent(index, 10);
        subscription.sentUpTo(index, 0);
    }

    private void acknowledge(long index, long head) {
        subscription.acknowledge(index, index, true, head);
    }

    @Test
    void waitsNoLongerForAFollowerThatHangs() {
        acknowledge(0, 0);
        send(1);
        send(2_000);
        send(2_500);
        send(3_000);
        for (int i = 0; i < 40; i++) {
            passes(1);
            acknowledge(0, 3_000);
            assertThat(subscription.keptUpTo()).isEqualTo(i < 30 ? 0 : Long.MAX_VALUE);
        }
        acknowledge(1, 3_000);
        assertThat(subscription.keptUpTo()).as("far behind after it hung").isEqualTo(Long.MAX_VALUE);
        passes(20);
        acknowledge(2_000, 3_000);
        assertThat(subscription.keptUpTo()).isEqualTo(Long.MAX_VALUE);
        passes(20);
        acknowledge(3_000, 3_000);
        assertThat(subscription.keptUpTo()).isEqualTo(3_000);
    }

    @Test
    void countsFromWhenThereWasSomethingToApply() {
        acknowledge(0, 0);
        passes(100);
        send(1);
        passes(30);
        acknowledge(0, 1);
        assertThat(subscription.keptUpTo()).isZero();
        passes(1);
        assertThat(subscription.keptUpTo()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void doesNotWaitAgainForOneThatHangsCloseBehind() {
        acknowledge(0, 0);
        send(1);
        passes(31);

        acknowledge(0, 1);
        passes(1);
        acknowledge(0, 1);

        assertThat(subscription.keptUpTo()).isEqualTo(Long.MAX_VALUE);
        acknowledge(1, 1);
        assertThat(subscription.keptUpTo()).isEqualTo(1);
    }
}
