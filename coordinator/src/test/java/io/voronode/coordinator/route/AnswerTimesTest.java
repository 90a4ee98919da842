package io.voronode.coordinator.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class AnswerTimesTest {
    private static final ByteString UUID = ByteString.copyFromUtf8("collection");

    private final AnswerTimes times = new AnswerTimes();
    private final Random random = new Random(3);

    @Test
    void nothingIsUsualBeforeAHundredAnswers() {
        add(99, 1_000_000);
        assertThat(times.usual(UUID, "n1")).isEmpty();
        add(1, 1_000_000);
        assertThat(times.usual(UUID, "n1")).isPresent();
        assertThat(times.usual(UUID, "n2")).isEmpty();
        assertThat(times.usual(ByteString.copyFromUtf8("other"), "n1")).isEmpty();
    }

    @Test
    void ninetyFiveOfAHundredAnswersAreQuickerThanWhatIsUsual() {
        for (int i = 0; i < 20_000; i++) {
            times.answered(UUID, "n1", 1_000_000 + random.nextInt(1_000_000));
        }
        assertThat(times.usual(UUID, "n1").orElseThrow()).isCloseTo(1_950_000, Percentage.withPercentage(10));
    }

    @Test
    void aSlowMinuteIsForgottenAfterSomeThousandAnswers() {
        add(500, 1_000_000);
        add(500, 200_000_000);
        assertThat(times.usual(UUID, "n1").orElseThrow()).isGreaterThan(100_000_000);
        add(3_000, 1_000_000);
        assertThat(times.usual(UUID, "n1").orElseThrow()).isLessThan(1_200_000);
    }

    @Test
    void whatIsGivenUpEarlyTellsNothingAndLateThatItIsSlow() {
        add(200, 10_000_000);
        long before = times.usual(UUID, "n1").orElseThrow();
        assertThat(times.lost(UUID, "n1", 1_000_000)).isEqualTo(1);
        assertThat(times.usual(UUID, "n1")).hasValue(before);
        assertThat(times.lost(UUID, "n1", 20_000_000)).isEqualTo(2);
        assertThat(times.usual(UUID, "n1").orElseThrow()).isGreaterThan(before);
        add(1, 10_000_000);
        assertThat(times.lost(UUID, "n1", 1_000_000)).as("in a row").isEqualTo(1);
    }

    private void add(int count, long nanos) {
        for (int i = 0; i < count; i++) {
            times.answered(UUID, "n1", nanos);
        }
    }
}
