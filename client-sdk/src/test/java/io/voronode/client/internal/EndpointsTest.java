package io.voronode.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which address is in use, and for how long those rest that failed. */
final class EndpointsTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Endpoints two = new Endpoints(List.of("a", "b"), now::get);
    private final Endpoints three = new Endpoints(List.of("a", "b", "c"), now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void staysWithAnAddressUntilItFails() {
        two.lost("a");
        pass(Duration.ofMinutes(1));
        two.worked("a");

        assertThat(two.current()).isEqualTo("b");
    }

    @Test
    void movesOnceWhenManyCallsFailAtOneAddress() {
        three.failed("a");
        three.failed("a");
        three.lost("a");

        assertThat(three.current()).isEqualTo("b");
    }

    @Test
    void passesOverAnAddressThatRests() {
        three.lost("a");
        three.lost("b");
        three.worked("c");
        three.lost("c");

        assertThat(three.current())
                .as("all rest, the first will be ready first")
                .isEqualTo("a");

        three.worked("c");
        three.lost("a");

        assertThat(three.current()).isEqualTo("c");
    }

    @Test
    void doesNotGiveUpAnAddressThatAnswersForOneThatIsLost() {
        two.lost("a");
        two.failed("b");
        assertThat(two.current()).isEqualTo("b");

        pass(Duration.ofSeconds(4));
        two.failed("b");
        assertThat(two.current()).as("the other has rested").isEqualTo("a");
    }

    @Test
    void triesALostAddressAgainAtOnceWhenTheOtherIsLostToo() {
        two.lost("a");
        two.lost("b");

        assertThat(two.current()).isEqualTo("a");
    }

    @Test
    void restsTwiceAsLongWithEachLossUpToHalfAMinute() {
        two.failed("a");
        for (long seconds : new long[] {4, 8, 16, 30, 30, 30, 30, 30, 30, 30, 30}) {
            two.lost("a");
            two.lost("a");
            two.worked("b");
            pass(Duration.ofSeconds(seconds - 1));
            two.failed("b");
            assertThat(two.current()).as("before %s s", seconds).isEqualTo("b");

            pass(Duration.ofSeconds(1));
            two.failed("b");
            assertThat(two.current()).as("after %s s", seconds).isEqualTo("a");
        }

        two.worked("a");
        two.lost("a");
        pass(Duration.ofSeconds(4));
        two.failed("b");
        assertThat(two.current()).as("after 4 s again").isEqualTo("a");
    }

    @Test
    void triesALostAddressAgainWhenTheOtherKeepsFailing() {
        two.lost("a");
        int failures = 0;
        while (two.current().equals("b")) {
            two.failed("b");
            pass(Duration.ofMillis(100));
            failures++;
        }

        assertThat(failures).isLessThan(45);
    }

    @Test
    void aSingleAddressStaysInUse() {
        Endpoints one = new Endpoints(List.of("a", "a"), now::get);
        one.lost("a");
        one.failed("a");

        assertThat(one.count()).isOne();
        assertThat(one.current()).isEqualTo("a");
    }
}
