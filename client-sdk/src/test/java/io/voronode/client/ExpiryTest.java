package io.voronode.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.voronode.proto.v1.Record;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Records that expire. */
final class ExpiryTest {
    private static final Instant TIME = Instant.parse("2031-05-06T07:08:09.012Z");

    private final FakeCoordinator server = new FakeCoordinator();
    private final VoronodeClient client = VoronodeClient.connect(server.address);

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private Record sent(String key) {
        return Objects.requireNonNull(server.records.get(key));
    }

    @Test
    void sendsATimeAndReadsIt() {
        client.upsert("c", VectorRecord.builder("a").vector(1).expiresAt(TIME).build());

        assertThat(Timestamps.toString(sent("a").getExpireTime())).isEqualTo("2031-05-06T07:08:09.012Z");
        assertThat(client.get("c", "a").orElseThrow().expireTime()).isEqualTo(TIME);
    }

    @Test
    void sendsATimeToLiveAsItIs() {
        client.upsertAll(
                "c",
                List.of(
                        VectorRecord.builder("a")
                                .vector(1)
                                .timeToLive(Duration.ofMillis(90_500))
                                .build(),
                        VectorRecord.of("b", 1).expiring(Expiry.after(Duration.ofMillis(-1_500)))),
                results -> {});

        assertThat(Durations.toMillis(sent("a").getTtl())).isEqualTo(90_500);
        assertThat(Durations.isValid(sent("b").getTtl())).isTrue();
        assertThat(Durations.toMillis(sent("b").getTtl())).isEqualTo(-1_500);
    }

    @Test
    void saysNothingOfRecordsThatLiveForEver() {
        client.upsert("c", VectorRecord.of("a", 1));

        assertThat(sent("a").getExpiryCase()).isEqualTo(Record.ExpiryCase.EXPIRY_NOT_SET);
        assertThat(client.get("c", "a").orElseThrow().expireTime()).isNull();
    }

    @Test
    void keepsTheExpiryOfARecordThatGetsACondition() {
        VectorRecord record =
                VectorRecord.builder("a").vector(1).expiresAt(TIME).build();

        assertThat(record.with(WriteCondition.absent()).expiry()).isEqualTo(Expiry.at(TIME));
    }
}
