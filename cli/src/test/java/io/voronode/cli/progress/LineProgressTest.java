package io.voronode.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LineProgressTest {
    @Test
    void tellsRateAndTimeLeft() {
        assertThat(LineProgress.line("loading", "glosses", 0, 5_000, 20_000, Duration.ofSeconds(10)))
                .isEqualTo("loading: 5 000 of 20 000 glosses, 500/s, 30.0 s left");
    }

    @Test
    void whatWasDoneBeforeDoesNotCountForTheRate() {
        assertThat(LineProgress.line("loading", "glosses", 15_000, 17_500, 20_000, Duration.ofSeconds(10)))
                .isEqualTo("loading: 17 500 of 20 000 glosses, 250/s, 10.0 s left");
    }

    @Test
    void tellsOnlyWhatIsKnown() {
        assertThat(LineProgress.line("loading", "records", 0, 5_000, -1, Duration.ofSeconds(10)))
                .isEqualTo("loading: 5 000 records, 500/s");
    }
}
