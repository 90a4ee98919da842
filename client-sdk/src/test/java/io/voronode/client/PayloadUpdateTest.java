package io.voronode.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.v1.RecordCode;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Changes of payloads, and deletes by filter. */
final class PayloadUpdateTest {
    private final FakeCoordinator server = new FakeCoordinator();
    private final VoronodeClient client = VoronodeClient.connect(server.address);

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void mergesReplacesAndTellsWhatIsNotThere() {
        long version = client.upsert(
                        "c", VectorRecord.builder("a").vector(1).payload("{}").build())
                .version();

        WriteReport report = client.updatePayload(
                "c",
                List.of(
                        PayloadUpdate.merge("a", "{\"n\":1}").with(WriteCondition.version(version)),
                        PayloadUpdate.merge("b", "{}"),
                        PayloadUpdate.merge("a", "{}").with(WriteCondition.version(version))),
                Wait.DURABLE);

        assertThat(report.results())
                .extracting(WriteResult::status)
                .containsExactly(RecordStatus.OK, RecordStatus.NOT_FOUND, RecordStatus.CONDITION_FAILED);
        assertThat(client.get("c", "a").orElseThrow().payload()).isEqualTo("{}{\"n\":1}");
        assertThat(client.updatePayload("c", PayloadUpdate.replace("a", "{\"n\":2}"))
                        .ok())
                .isTrue();
        assertThat(client.get("c", "a").orElseThrow().payload()).isEqualTo("{\"n\":2}");
    }

    @Test
    void mergesOnceWhatIsSentAgain() {
        client.upsert("c", VectorRecord.builder("a").vector(1).payload("{}").build());
        client.upsert("c", VectorRecord.builder("b").vector(1).payload("{}").build());
        server.failRecord("b", RecordCode.RECORD_CODE_UNAVAILABLE);

        WriteReport report = client.updatePayload(
                "c", List.of(PayloadUpdate.merge("a", "{1}"), PayloadUpdate.merge("b", "{2}")), Wait.DURABLE);

        assertThat(report.ok()).isTrue();
        assertThat(payload("a")).isEqualTo("{}{1}");
        assertThat(payload("b")).isEqualTo("{}{2}");
    }

    @Test
    void deletesByFilterUntilNothingIsLeft() {
        for (int i = 0; i < 8; i++) {
            client.upsert("c", VectorRecord.of("k" + i, i));
        }
        Filter filter = Filter.exists("x");
        assertThat(client.count("c", filter)).isEqualTo(8);
        server.failNext(1, new Unavailable("a shard lags"));

        FilteredDelete outcome = client.deleteByFilter("c", filter);

        assertThat(outcome).isEqualTo(new FilteredDelete(8, 8, 0));
        assertThat(server.records).isEmpty();
        assertThat(server.filterDeletes)
                .as("one count, one that failed, three that deleted")
                .hasSize(5);
        assertThat(server.filterDeletes.get(4).getSessionToken().toStringUtf8())
                .as("each call sees the deletes before it")
                .contains("14;");
        assertThat(client.count("c", filter)).isZero();
    }

    private String payload(String key) {
        return client.get("c", key).orElseThrow().payload();
    }
}
