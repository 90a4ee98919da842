package io.voronode.coordinator.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.FakePartition;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.v1.DeleteRequest;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordResult;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.UpsertResponse;
import io.voronode.proto.v1.Vector;
import io.voronode.proto.v1.Wait;
import io.voronode.proto.v1.WriteCondition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conditions of records, and several records of one key in a request. */
class ConditionalWriteTest {
    private static final WriteCondition ABSENT =
            WriteCondition.newBuilder().setExists(false).build();
    private static final WriteCondition PRESENT =
            WriteCondition.newBuilder().setExists(true).build();

    @TempDir
    Path folder;

    private FakeCluster cluster;
    private TestCoordinator coordinator;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(3, 3, Metric.EUCLIDEAN, 4);
        coordinator = new TestCoordinator(cluster, folder);
    }

    @AfterEach
    void stop() {
        coordinator.close();
        cluster.close();
    }

    @Test
    void tellsTheVersionThatTheRecordHasWhereTheConditionIsNotMet() {
        long version = upsert(record("a", null)).getFirst().getVersion();

        List<RecordResult> results = upsert(record("a", ABSENT), record("b", PRESENT), record("c", ABSENT));

        assertThat(codes(results))
                .containsExactly(
                        RecordCode.RECORD_CODE_CONDITION_FAILED,
                        RecordCode.RECORD_CODE_CONDITION_FAILED,
                        RecordCode.RECORD_CODE_OK);
        assertThat(results.get(0).getVersion()).isEqualTo(version);
        assertThat(results.get(0).getExisted()).isTrue();
        assertThat(results.get(0).getMessage())
                .isEqualTo("record 0: no record was expected, but the record has version " + version);
        assertThat(results.get(1).getVersion()).isZero();
        assertThat(results.get(1).getMessage()).isEqualTo("record 1: a record was expected, but there is no record");
    }

    @Test
    void writesAndDeletesTheVersionThatIsWanted() {
        long version = upsert(record("a", null)).getFirst().getVersion();

        assertThat(codes(delete(version + 1))).containsExactly(RecordCode.RECORD_CODE_CONDITION_FAILED);
        RecordResult written = upsert(record("a", version(version))).getFirst();
        assertThat(written.getCode()).isEqualTo(RecordCode.RECORD_CODE_OK);
        RecordResult stale = delete(version).getFirst();
        assertThat(stale.getVersion()).isEqualTo(written.getVersion());
        assertThat(stale.getMessage())
                .isEqualTo("record 0: version " + version + " was expected, but the record has version "
                        + written.getVersion());
        assertThat(codes(delete(written.getVersion()))).containsExactly(RecordCode.RECORD_CODE_OK);
    }

    @Test
    void theTokenCoversWhatTheConditionMet() {
        upsert(record("a", null));
        UpsertResponse refused = coordinator.records().upsert(request(record("a", ABSENT)));

        List<Position> seen = SessionToken.decode(cluster.spec().getUuid(), refused.getSessionToken())
                .positions();

        assertThat(seen)
                .anySatisfy(position -> assertThat(position.getIndex())
                        .isGreaterThanOrEqualTo(refused.getResults(0).getVersion()));
    }

    @Test
    void refusesConditionsThatSayNothingWithTheRecordsPlace() {
        List<RecordResult> results =
                upsert(record("a", ABSENT), record("b", WriteCondition.getDefaultInstance()), record("c", version(0)));

        assertThat(codes(results))
                .containsExactly(
                        RecordCode.RECORD_CODE_OK,
                        RecordCode.RECORD_CODE_INVALID_ARGUMENT,
                        RecordCode.RECORD_CODE_INVALID_ARGUMENT);
        assertThat(results.get(1).getMessage()).startsWith("record 1: condition has neither version nor exists");
        assertThat(results.get(2).getMessage()).startsWith("record 2: condition.version is 0");
        assertThat(delete(0).getFirst().getMessage()).startsWith("key 0: if_version is 0");
    }

    @Test
    void refusesVersionsThatDoNotFitTheKeys() {
        DeleteRequest request = DeleteRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .addKeys("a")
                .addKeys("b")
                .addIfVersions(1)
                .build();

        assertThatThrownBy(() -> coordinator.records().delete(request))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
                    assertThat(e.getStatus().getDescription()).contains("1 if_versions for 2 keys");
                });
    }

    @Test
    void writesRecordsOfOneKeyOneAfterTheOtherWhereOneHasACondition() {
        List<RecordResult> results = upsert(
                record("a", null), // written over by the next
                record("a", null),
                record("b", ABSENT),
                record("a", ABSENT),
                record("b", ABSENT),
                record("a", PRESENT),
                record("a", null));

        assertThat(codes(results))
                .containsExactly(
                        RecordCode.RECORD_CODE_SUPERSEDED,
                        RecordCode.RECORD_CODE_OK,
                        RecordCode.RECORD_CODE_OK,
                        RecordCode.RECORD_CODE_CONDITION_FAILED,
                        RecordCode.RECORD_CODE_CONDITION_FAILED,
                        RecordCode.RECORD_CODE_OK,
                        RecordCode.RECORD_CODE_OK);
        assertThat(results.get(3).getVersion()).isEqualTo(results.get(1).getVersion());
        assertThat(results.get(6).getVersion()).isGreaterThan(results.get(5).getVersion());
    }

    @Test
    void writesAtMostSixteenRecordsOfOneKeyOneAfterTheOther() {
        List<Record> records = new ArrayList<>(Collections.nCopies(17, record("a", PRESENT)));
        records.set(0, record("a", ABSENT));

        List<RecordResult> results = upsert(records.toArray(Record[]::new));

        assertThat(codes(results.subList(0, 16))).containsOnly(RecordCode.RECORD_CODE_OK);
        assertThat(results.get(16).getCode()).isEqualTo(RecordCode.RECORD_CODE_INVALID_ARGUMENT);
        assertThat(results.get(16).getMessage()).startsWith("record 16: its key stands in more than 16 records");
    }

    @Test
    void aRecordDoesNotOvertakeAnEarlierOneOfItsKeyThatMayBeRepeated() {
        for (int node = 0; node < 3; node++) {
            cluster.node(node).setDown(true);
        }

        List<RecordResult> results = coordinator
                .records()
                .withDeadlineAfter(Duration.ofSeconds(1))
                .upsert(request(record("a", ABSENT), record("a", PRESENT)))
                .getResultsList();

        assertThat(codes(results)).containsOnly(RecordCode.RECORD_CODE_UNAVAILABLE);
        assertThat(results.get(1).getMessage()).isEqualTo("record 0 of the same key was not written");
    }

    @Test
    void answersARepetitionAsBeforeWithSeveralRecordsOfOneKey() {
        UpsertRequest request = request(record("a", ABSENT), record("a", ABSENT), record("a", PRESENT)).toBuilder()
                .setRequestId(ByteString.copyFrom(new byte[16]))
                .build();
        List<RecordResult> first = coordinator.records().upsert(request).getResultsList();
        int applied = cluster.partitions().stream()
                .mapToInt(FakePartition::appliedWrites)
                .sum();
        upsert(record("a", null));

        assertThat(coordinator.records().upsert(request).getResultsList()).isEqualTo(first);
        assertThat(codes(first))
                .containsExactly(
                        RecordCode.RECORD_CODE_OK, RecordCode.RECORD_CODE_CONDITION_FAILED, RecordCode.RECORD_CODE_OK);
        assertThat(applied).isEqualTo(2);
    }

    private List<RecordResult> upsert(Record... records) {
        return coordinator.records().upsert(request(records)).getResultsList();
    }

    private static UpsertRequest request(Record... records) {
        return UpsertRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .setWait(Wait.WAIT_DURABLE)
                .addAllRecords(Arrays.asList(records))
                .build();
    }

    private List<RecordResult> delete(long ifVersion) {
        return coordinator
                .records()
                .delete(DeleteRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .addKeys("a")
                        .addIfVersions(ifVersion)
                        .build())
                .getResultsList();
    }

    private static Record record(String key, @Nullable WriteCondition condition) {
        Record.Builder record =
                Record.newBuilder().setKey(key).setVector(Vector.newBuilder().addAllValues(List.of(1f, 2f, 3f, 4f)));
        if (condition != null) {
            record.setCondition(condition);
        }
        return record.build();
    }

    private static WriteCondition version(long version) {
        return WriteCondition.newBuilder().setVersion(version).build();
    }

    private static List<RecordCode> codes(List<RecordResult> results) {
        return results.stream().map(RecordResult::getCode).toList();
    }
}
