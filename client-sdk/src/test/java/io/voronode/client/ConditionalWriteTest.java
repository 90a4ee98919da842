package io.voronode.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.wire.VoronodeException.BadInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Writes with conditions. */
final class ConditionalWriteTest {
    private final FakeCoordinator server = new FakeCoordinator();
    private final VoronodeClient client = VoronodeClient.connect(server.address);

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void writesOverTheVersionThatWasReadAndNoOther() {
        client.upsert("c", VectorRecord.of("a", 1));
        long version = client.get("c", "a").orElseThrow().version();

        WriteResult written = client.upsert("c", VectorRecord.of("a", 2).with(WriteCondition.version(version)));
        WriteResult late = client.upsert("c", VectorRecord.of("a", 3).with(WriteCondition.version(version)));

        assertThat(written.ok()).isTrue();
        assertThat(late.ok()).isFalse();
        assertThat(late.status()).isEqualTo(RecordStatus.CONDITION_FAILED);
        assertThat(late.status().retryable()).isFalse();
        assertThat(late.version()).isEqualTo(written.version());
        assertThat(late.existed()).isTrue();
        assertThat(server.upserts).as("none was sent again").hasSize(3);
    }

    @Test
    void insertsAndUpdatesOnly() {
        VectorRecord insert = VectorRecord.builder("a")
                .vector(1)
                .condition(WriteCondition.absent())
                .build();
        VectorRecord update = VectorRecord.of("a", 1).with(WriteCondition.present());

        assertThat(List.of(
                        client.upsert("c", update).status(),
                        client.upsert("c", insert).status(),
                        client.upsert("c", insert).status(),
                        client.upsert("c", update).status()))
                .containsExactly(
                        RecordStatus.CONDITION_FAILED, RecordStatus.OK, RecordStatus.CONDITION_FAILED, RecordStatus.OK);
    }

    @Test
    void deletesRecordsThatHaveTheVersion() {
        long a = client.upsert("c", VectorRecord.of("a", 1)).version();
        long b = client.upsert("c", VectorRecord.of("b", 1)).version();

        WriteReport report = client.deleteIf("c", Map.of("a", a, "b", b + 7), Wait.DEFAULT);

        assertThat(report.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.key()).isEqualTo("b");
            assertThat(failure.version()).isEqualTo(b);
        });
        assertThat(server.records).containsOnlyKeys("b");
        assertThat(client.deleteIf("c", "b", b).ok()).isTrue();
        client.delete("c", "b");
        assertThat(server.deletes.get(2).getIfVersionsList()).isEmpty();
    }

    @Test
    void refusesTheVersionOfAResultThatWroteNothing() {
        assertThatThrownBy(() -> WriteCondition.version(0)).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> client.deleteIf("c", "a", 0)).isInstanceOf(BadInput.class);
        assertThat(server.deletes).isEmpty();
    }

    @Test
    void aStreamTellsWhichRecordsFailedTheirCondition() {
        client.upsert("c", VectorRecord.of("k1", 1));
        List<WriteResult> results = new ArrayList<>();

        UpsertSummary summary = client.upsertAll(
                "c",
                List.of(
                        VectorRecord.of("k0", 1).with(WriteCondition.absent()),
                        VectorRecord.of("k1", 1).with(WriteCondition.absent())),
                results::addAll);

        assertThat(summary).isEqualTo(new UpsertSummary(1, 0, 1));
        assertThat(results)
                .extracting(WriteResult::status)
                .containsExactly(RecordStatus.OK, RecordStatus.CONDITION_FAILED);
    }
}
