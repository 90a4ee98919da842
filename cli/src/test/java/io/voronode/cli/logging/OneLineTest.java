package io.voronode.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OneLineTest {
    @Test
    void tellsTheRootOfAnErrorWithoutItsStackTrace() {
        Exception error = new IllegalStateException("the writer closed itself", new IOException("No space left"));

        assertThat(line("shard 0 failed", error)).matches("\\d\\d:\\d\\d:\\d\\d WARN shard 0 failed: No space left\\R");
    }

    @Test
    void saysNothingTwice() {
        assertThat(line("it failed: No space left", new IOException("No space left")))
                .matches("\\d\\d:\\d\\d:\\d\\d WARN it failed: No space left\\R");
        assertThat(line("slow", null)).matches("\\d\\d:\\d\\d:\\d\\d WARN slow\\R");
    }

    private static String line(String message, @Nullable Exception error) {
        var logger = new LoggerContext().getLogger(Appenders.OURS);
        return new OneLine().doLayout(new LoggingEvent("test", logger, Level.WARN, message, error, null));
    }
}
