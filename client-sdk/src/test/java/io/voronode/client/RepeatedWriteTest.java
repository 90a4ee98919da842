package io.voronode.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.v1.CreateCollectionRequest;
import io.voronode.proto.v1.DeleteRequest;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the client names what it sends again, so that servers apply it once. */
final class RepeatedWriteTest {
    private final FakeCoordinator server = new FakeCoordinator();
    private final VoronodeClient client = VoronodeClient.connect(server.address);

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void saysWhichRecordsOfWhichWriteItSendsAgain() {
        server.failRecord("b", RecordCode.RECORD_CODE_UNAVAILABLE);
        VectorRecord huge = VectorRecord.builder("huge")
                .vector(1)
                .document(new Document(new byte[9 << 20], ""))
                .build();

        client.upsert("c", List.of(VectorRecord.of("a", 1), VectorRecord.of("b", 2)));
        client.upsert("c", List.of(VectorRecord.of("a", 1), huge, VectorRecord.of("b", 2)));

        assertThat(server.upserts)
                .extracting(UpsertRequest::getOrdinalsList)
                .containsExactly(List.of(), List.of(1), List.of(0, 2));
        assertThat(server.upserts.get(1).getRequestId())
                .isEqualTo(server.upserts.get(0).getRequestId())
                .isNotEqualTo(server.upserts.get(2).getRequestId());
        assertThat(server.upserts).allMatch(request -> request.getRequestId().size() == 16);
    }

    @Test
    void saysWhichDeletesItSendsAgain() {
        server.failRecord("b", RecordCode.RECORD_CODE_UNAVAILABLE);
        client.upsert("c", VectorRecord.of("a", 1));

        WriteReport report = client.delete("c", List.of("a", "b"), Wait.DURABLE);

        assertThat(report.results()).extracting(WriteResult::existed).containsExactly(true, false);
        assertThat(server.deletes).extracting(DeleteRequest::getOrdinalsList).containsExactly(List.of(), List.of(1));
        assertThat(server.deletes.get(1).getRequestId())
                .isEqualTo(server.deletes.get(0).getRequestId());
    }

    @Test
    void doesNotWriteARecordOfWhichAnEarlierPartOfTheCallMayYetBeApplied() {
        RecordCode[] always = new RecordCode[1_000];
        Arrays.fill(always, RecordCode.RECORD_CODE_UNAVAILABLE);
        server.failRecord("k", always);
        List<VectorRecord> records = new ArrayList<>();
        records.add(VectorRecord.of("k", 1));
        for (int i = 1; i < 10_000; i++) {
            records.add(VectorRecord.of("other-" + i, i));
        }
        records.add(VectorRecord.of("k", 2));
        records.add(VectorRecord.of("last", 2));
        try (VoronodeClient impatient = VoronodeClient.builder()
                .address(server.address)
                .retryFor(Duration.ofMillis(200))
                .build()) {
            WriteReport report = impatient.upsert("c", records);

            assertThat(report.failures()).extracting(WriteResult::key).containsExactly("k", "k");
            assertThat(report.results().get(10_000).message()).contains("an earlier record of the same key");
        }
        assertThat(server.upserts.get(server.upserts.size() - 1).getRecordsList())
                .extracting(Record::getKey)
                .containsExactly("last");
    }

    @Test
    void saysThatItMakesTheSameCollectionAgain() {
        server.failNext(1, new Unavailable("the answer was lost"));

        client.createCollection(CollectionConfig.builder("c").dimension(2).build());

        assertThat(server.creates)
                .extracting(CreateCollectionRequest::getRequestId)
                .hasSize(2)
                .allMatch(
                        id -> id.size() == 16 && id.equals(server.creates.get(0).getRequestId()));
    }

    @Test
    void aFirstAttemptThatComesLateChangesNothing() {
        server.failRecord("a", RecordCode.RECORD_CODE_UNAVAILABLE);
        client.upsert("c", List.of(VectorRecord.of("a", 1), VectorRecord.of("b", 1)));
        client.upsert("c", VectorRecord.of("a", 2));
        UpsertRequest first = server.upserts.get(0);

        server.rows.upsert(first.getRequestId(), first.getOrdinalsList(), first.getRecordsList());

        assertThat(server.records.get("a"))
                .satisfies(record -> assertThat(record.getVector().getValues(0)).isEqualTo(2));
        assertThat(server.rows.versions).hasValue(3);
    }
}
