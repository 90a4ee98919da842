package io.voronode.shardnode.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PublishPaceTest {
    private static final long START = -5;

    private final PublishPace pace = new PublishPace(START);

    private void publishChanges(long at, long tookMs) {
        pace.starts(at);
        pace.publishedChanges(at + TimeUnit.MILLISECONDS.toNanos(tookMs));
    }

    private long intervalMs(long start) {
        return TimeUnit.NANOSECONDS.toMillis(pace.dueNanos(true, false) - start);
    }

    @Test
    void changesComeEveryTenthOfASecondWhereThatIsQuick() {
        assertThat(intervalMs(START)).isEqualTo(100);
        publishChanges(1_000, 3);
        assertThat(intervalMs(1_000)).isEqualTo(100);
    }

    @Test
    void whatTakesLongComesLessOftenUpToASecond() {
        publishChanges(1_000, 40);
        assertThat(intervalMs(1_000)).isEqualTo(400);
        publishChanges(2_000, 700);
        assertThat(intervalMs(2_000)).isEqualTo(1_000);
    }

    @Test
    void whoWaitsAndWatermarksAloneAreServedAtOnce() {
        publishChanges(1_000, 40);

        assertThat(pace.dueNanos(true, true) - 1_000).isEqualTo(PublishPace.SHORTEST);
        assertThat(pace.dueNanos(false, false) - 1_000).isEqualTo(PublishPace.SHORTEST);
    }

    @Test
    void watermarksAloneDoNotMakeChangesComeSooner() {
        publishChanges(1_000, 40);

        pace.starts(2_000);

        assertThat(intervalMs(2_000)).isEqualTo(400);
    }
}
