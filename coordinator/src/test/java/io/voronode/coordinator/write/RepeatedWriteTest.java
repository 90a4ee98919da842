package io.voronode.coordinator.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.FakePartition;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.v1.DeleteRequest;
import io.voronode.proto.v1.DeleteResponse;
import io.voronode.proto.v1.GetRequest;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordResult;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.UpsertResponse;
import io.voronode.proto.v1.Vector;
import io.voronode.proto.v1.Wait;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes that a client sends again, whole or in part, and first attempts that come after that. */
class RepeatedWriteTest {
    private static final ByteString ID = ByteString.copyFrom(new byte[16]);

    @TempDir
    Path folder;

    private FakeCluster cluster;
    private TestCoordinator coordinator;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(3, 3, Metric.EUCLIDEAN, 2);
        coordinator = new TestCoordinator(cluster, folder);
    }

    @AfterEach
    void stop() {
        coordinator.close();
        cluster.close();
    }

    @Test
    void appliesOnceWhatIsRepeatedUnderItsOwnId() {
        UpsertRequest request = request(record("a", 1), record("b", 1), record("c", 1));
        UpsertResponse first = coordinator.records().upsert(request);

        UpsertResponse again = coordinator.records().upsert(request);

        assertThat(again.getResultsList()).isEqualTo(first.getResultsList());
        assertThat(appliedWrites()).isEqualTo(3);
    }

    @Test
    void aFirstAttemptThatComesAfterTheRepetitionOfItsPartOverwritesNothing() {
        UpsertResponse repeated = coordinator
                .records()
                .upsert(request(record("b", 1)).toBuilder().addOrdinals(1).build());
        UpsertResponse newer = coordinator
                .records()
                .upsert(request(record("b", 2)).toBuilder().clearRequestId().build());

        UpsertResponse late = coordinator.records().upsert(request(record("a", 1), record("b", 1)));

        assertThat(late.getResultsList()).allMatch(result -> result.getCode() == RecordCode.RECORD_CODE_OK);
        assertThat(late.getResults(1)).isEqualTo(repeated.getResults(0));
        assertThat(get("b").getVersion()).isEqualTo(newer.getResults(0).getVersion());
        assertThat(appliedWrites()).isEqualTo(3);
    }

    @Test
    void whatSupersededAnotherRecordMayBeRepeatedWithoutIt() {
        UpsertResponse first = coordinator.records().upsert(request(record("a", 1), record("a", 2)));

        UpsertResponse again = coordinator
                .records()
                .upsert(request(record("a", 2)).toBuilder().addOrdinals(1).build());

        assertThat(again.getResults(0)).isEqualTo(first.getResults(1));
        assertThat(appliedWrites()).isEqualTo(1);
    }

    @Test
    void aFirstDeleteThatComesAfterItsRepetitionDeletesNothingNewer() {
        coordinator
                .records()
                .upsert(request(record("a", 1), record("b", 1)).toBuilder()
                        .clearRequestId()
                        .build());
        DeleteRequest first = DeleteRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .addAllKeys(List.of("a", "b"))
                .setRequestId(ID)
                .build();
        coordinator
                .records()
                .delete(first.toBuilder()
                        .clearKeys()
                        .addKeys("b")
                        .addOrdinals(1)
                        .build());
        UpsertResponse newer = coordinator
                .records()
                .upsert(request(record("b", 2)).toBuilder().clearRequestId().build());

        DeleteResponse late = coordinator.records().delete(first);

        assertThat(late.getResultsList()).allMatch(RecordResult::getExisted);
        assertThat(get("b").getVersion()).isEqualTo(newer.getResults(0).getVersion());
    }

    @Test
    void refusesAnIdOrOrdinalsThatNameNothing() {
        assertRefused(
                request(record("a", 1)).toBuilder()
                        .setRequestId(ByteString.copyFromUtf8("short"))
                        .build(),
                "request_id of 5 bytes, not 16");
        assertRefused(
                request(record("a", 1), record("b", 1)).toBuilder()
                        .addOrdinals(3)
                        .build(),
                "1 ordinals for 2 records");
        assertThat(appliedWrites()).isZero();
    }

    private void assertRefused(UpsertRequest request, String message) {
        assertThatThrownBy(() -> coordinator.records().upsert(request))
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
    }

    private static UpsertRequest request(Record... records) {
        return UpsertRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .addAllRecords(List.of(records))
                .setWait(Wait.WAIT_DURABLE)
                .setRequestId(ID)
                .build();
    }

    private static Record record(String key, float value) {
        return Record.newBuilder()
                .setKey(key)
                .setVector(Vector.newBuilder().addValues(value).addValues(1))
                .build();
    }

    private Record get(String key) {
        return coordinator
                .records()
                .get(GetRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .addKeys(key)
                        .build())
                .getRecords(0);
    }

    private int appliedWrites() {
        return cluster.partitions().stream()
                .mapToInt(FakePartition::appliedWrites)
                .sum();
    }
}
