package io.voronode.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.voronode.proto.v1.RecordResult;
import io.voronode.wire.VoronodeException.Overload;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BackoffTest {
    private final Random random = new Random(1);

    @Test
    void waitsAsLongAsTheServerAsks() {
        Overload overload = new Overload("full", Duration.ofSeconds(7));
        assertThat(Backoff.after(1, overload, random)).isEqualTo(Duration.ofSeconds(7));
        assertThat(Backoff.after(1, new Unavailable("away"), random)).isLessThanOrEqualTo(Duration.ofMillis(50));
    }

    @Test
    void waitsForTheRecordThatIsToWaitLongest() {
        List<RecordResult> results = List.of(
                RecordResult.getDefaultInstance(),
                RecordResult.newBuilder()
                        .setRetryDelay(Durations.fromMillis(700))
                        .build(),
                RecordResult.newBuilder()
                        .setRetryDelay(Durations.fromSeconds(2))
                        .build());
        assertThat(Backoff.after(1, results, random)).isEqualTo(Duration.ofSeconds(2));
        assertThat(Backoff.after(1, List.of(), random)).isLessThanOrEqualTo(Duration.ofMillis(50));
    }
}
