package io.voronode.coordinator.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.FakePartition;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.WriteRequest;
import io.voronode.proto.v1.DeleteRequest;
import io.voronode.proto.v1.DeleteResponse;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordResult;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.UpsertResponse;
import io.voronode.proto.v1.Vector;
import io.voronode.proto.v1.Wait;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritePathTest {
    private static final int PARTITIONS = 3;

    @TempDir
    Path folder;

    private FakeCluster cluster;
    private TestCoordinator coordinator;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(3, PARTITIONS, Metric.COSINE, 4);
        coordinator = new TestCoordinator(cluster, folder);
    }

    @AfterEach
    void stop() {
        coordinator.close();
        cluster.close();
    }

    @Test
    void answersEachRecordInItsPlace() {
        UpsertResponse response = upsert(
                record("a", 1, 0, 0, 0),
                record("b", Float.NaN, 0, 0, 0),
                record("c", 0, 1, 0, 0),
                record("a", 0, 0, 1, 0),
                record("", 1, 0, 0, 0));
        assertThat(codes(response.getResultsList()))
                .containsExactly(
                        RecordCode.RECORD_CODE_SUPERSEDED,
                        RecordCode.RECORD_CODE_INVALID_ARGUMENT,
                        RecordCode.RECORD_CODE_OK,
                        RecordCode.RECORD_CODE_OK,
                        RecordCode.RECORD_CODE_INVALID_ARGUMENT);
        assertThat(response.getResults(1).getMessage()).startsWith("record 1: vector value 0 is NaN");
        assertThat(response.getResults(0).getMessage()).contains("record 3");
        assertThat(response.getResults(2).getVersion()).isPositive();
        assertThat(response.getSessionToken().isEmpty()).isFalse();
        assertThat(appliedWrites()).isEqualTo(2);
    }

    @Test
    void anInvalidLaterRecordDoesNotSupersedeAValidOne() {
        UpsertResponse response = upsert(record("a", 1, 0, 0, 0), record("a", Float.NaN, 0, 0, 0));
        assertThat(codes(response.getResultsList()))
                .containsExactly(RecordCode.RECORD_CODE_OK, RecordCode.RECORD_CODE_INVALID_ARGUMENT);
    }

    @Test
    void aTextThatTheModelRefusesDoesNotSupersedeAValidRecord() {
        UpsertResponse response = upsert(
                Record.newBuilder().setKey("a").setText("words").build(),
                Record.newBuilder().setKey("a").setText("?!").build());
        assertThat(codes(response.getResultsList()))
                .containsExactly(RecordCode.RECORD_CODE_OK, RecordCode.RECORD_CODE_INVALID_ARGUMENT);
        assertThat(response.getResults(1).getMessage()).startsWith("record 1: text cannot be embedded");
    }

    @Test
    void followsTheLeaderThatANodeNames() {
        cluster.partitions().forEach(partition -> partition.setLeader("node-2"));
        assertThat(codes(upsert(many(30)).getResultsList())).containsOnly(RecordCode.RECORD_CODE_OK);
        int before = cluster.node(0).writes.size() + cluster.node(1).writes.size();
        assertThat(codes(upsert(many(30)).getResultsList())).containsOnly(RecordCode.RECORD_CODE_OK);
        assertThat(cluster.node(0).writes.size() + cluster.node(1).writes.size())
                .as("the leader is remembered")
                .isEqualTo(before);
    }

    @Test
    void repeatsALostAnswerUnderTheSameRequestIdSoThatItIsAppliedOnce() {
        for (int node = 0; node < 3; node++) {
            cluster.node(node).lostAnswers.set(1);
        }
        UpsertResponse response = upsert(many(60));
        assertThat(codes(response.getResultsList())).containsOnly(RecordCode.RECORD_CODE_OK);
        assertThat(appliedWrites()).isEqualTo(60);
        Map<Integer, Integer> attempts = new HashMap<>();
        Set<ByteString> ids = new HashSet<>();
        for (int node = 0; node < 3; node++) {
            for (WriteRequest request : cluster.node(node).writes) {
                attempts.merge(request.getPartition(), 1, Integer::sum);
                ids.add(request.getOperations().getRequestId());
            }
        }
        assertThat(ids).hasSize(1);
        assertThat(attempts).hasSize(PARTITIONS);
        assertThat(attempts.values()).allMatch(count -> count >= 2);
    }

    @Test
    void comesBackAfterAnOverload() {
        cluster.node(0).overloads.set(3);
        assertThat(codes(upsert(many(30)).getResultsList())).containsOnly(RecordCode.RECORD_CODE_OK);
    }

    @Test
    void leavesALongWaitToTheClientAndSaysHowLong() {
        cluster.node(0).overloads.set(1_000);
        cluster.node(0).overloadDelay = Duration.ofSeconds(2);
        UpsertResponse response = upsert(many(30));
        assertThat(response.getResultsList())
                .filteredOn(result -> result.getCode() == RecordCode.RECORD_CODE_RESOURCE_EXHAUSTED)
                .isNotEmpty()
                .allSatisfy(result -> {
                    assertThat(result.getRetryDelay().getSeconds()).isEqualTo(2);
                    assertThat(result.getMessage()).isEqualTo("the queue is full");
                });
    }

    @Test
    void stampsForAGenerationThatOnlyThePartitionsKnow() {
        CellMap trained = trainedMap();
        coordinator.blobs.put(trained.digest(), trained);
        cluster.begin(1, trained);
        UpsertResponse response = upsert(many(40));
        assertThat(codes(response.getResultsList())).containsOnly(RecordCode.RECORD_CODE_OK);
        assertThat(appliedWrites()).isEqualTo(40);
    }

    @Test
    void retriesAPartitionThatHasYetToLearnOfTheCollection() {
        FakePartition late = cluster.partition(1);
        late.know(cluster.spec().getUuid(), false);
        coordinator.images.onRefresh(() -> {
            late.know(cluster.spec().getUuid(), true);
        });
        assertThat(codes(upsert(many(30)).getResultsList())).containsOnly(RecordCode.RECORD_CODE_OK);
        assertThat(coordinator.images.refreshes()).isPositive();
    }

    @Test
    void aCollectionThatWasDroppedMeanwhileIsNotFound() {
        cluster.partitions().forEach(partition -> partition.know(cluster.spec().getUuid(), false));
        coordinator.images.setFresh(cluster.image(Map.of()));
        assertThatThrownBy(() -> upsert(many(3)))
                .satisfies(e -> assertThat(status(e)).isEqualTo(Status.Code.NOT_FOUND));
    }

    @Test
    void recordsOfAPartitionOutOfReachAreAnsweredUnavailableAndTheOthersApplied() {
        cluster.partition(0).setLeader("nowhere");
        UpsertResponse response = coordinator
                .records()
                .withDeadlineAfter(2, TimeUnit.SECONDS)
                .upsert(request(Wait.WAIT_DURABLE, many(60)));
        assertThat(codes(response.getResultsList()))
                .containsOnly(RecordCode.RECORD_CODE_OK, RecordCode.RECORD_CODE_UNAVAILABLE)
                .contains(RecordCode.RECORD_CODE_OK, RecordCode.RECORD_CODE_UNAVAILABLE);
        assertThat(response.getResultsList())
                .filteredOn(result -> result.getCode() == RecordCode.RECORD_CODE_UNAVAILABLE)
                .allMatch(result -> !result.getMessage().isEmpty());
    }

    @Test
    void waitsForTheIndexAndSaysWhetherItSawIt() {
        assertThat(coordinator
                        .records()
                        .upsert(request(Wait.WAIT_INDEXED, many(5)))
                        .getIndexed())
                .isTrue();
        assertThat(coordinator
                        .records()
                        .upsert(request(Wait.WAIT_UNSPECIFIED, many(1)))
                        .getIndexed())
                .as("a single record waits by default")
                .isTrue();
        assertThat(coordinator
                        .records()
                        .upsert(request(Wait.WAIT_UNSPECIFIED, many(2)))
                        .getIndexed())
                .as("a batch does not")
                .isFalse();
        cluster.node(0).setInvisible(true);
        UpsertResponse late = coordinator
                .records()
                .withDeadlineAfter(1, TimeUnit.SECONDS)
                .upsert(request(Wait.WAIT_INDEXED, many(1)));
        assertThat(codes(late.getResultsList())).containsExactly(RecordCode.RECORD_CODE_OK);
        assertThat(late.getIndexed()).isFalse();
    }

    @Test
    void deletesAndSaysWhatExisted() {
        upsert(record("a", 1, 0, 0, 0));
        DeleteResponse response = coordinator
                .records()
                .delete(DeleteRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .addKeys("a")
                        .addKeys("b")
                        .addKeys("")
                        .addKeys("a")
                        .build());
        assertThat(codes(response.getResultsList()))
                .containsExactly(
                        RecordCode.RECORD_CODE_SUPERSEDED,
                        RecordCode.RECORD_CODE_OK,
                        RecordCode.RECORD_CODE_INVALID_ARGUMENT,
                        RecordCode.RECORD_CODE_OK);
        assertThat(response.getResults(3).getExisted()).isTrue();
        assertThat(response.getResults(1).getExisted()).isFalse();
    }

    @Test
    void refusesWhatIsWrongWithTheRequestAsAWhole() {
        assertThatThrownBy(() -> upsert(many(10_001)))
                .hasMessageContaining("10001 records exceed the limit of 10000 a call")
                .satisfies(e -> assertThat(status(e)).isEqualTo(Status.Code.INVALID_ARGUMENT));
        assertThatThrownBy(() -> coordinator
                        .records()
                        .upsert(UpsertRequest.newBuilder().setCollection("..").build()))
                .satisfies(e -> assertThat(status(e)).isEqualTo(Status.Code.INVALID_ARGUMENT));
        assertThatThrownBy(() -> coordinator
                        .records()
                        .upsert(UpsertRequest.newBuilder()
                                .setCollection("unknown")
                                .build()))
                .satisfies(e -> assertThat(status(e)).isEqualTo(Status.Code.NOT_FOUND));
        assertThatThrownBy(() -> coordinator
                        .records()
                        .upsert(request(Wait.WAIT_DURABLE, many(1)).toBuilder()
                                .setWaitValue(77)
                                .build()))
                .satisfies(e -> assertThat(status(e)).isEqualTo(Status.Code.INVALID_ARGUMENT));
        assertThatThrownBy(() -> coordinator
                        .records()
                        .upsert(request(Wait.WAIT_DURABLE, many(1)).toBuilder()
                                .setSessionToken(ByteString.copyFromUtf8("garbage"))
                                .build()))
                .satisfies(e -> assertThat(status(e)).isEqualTo(Status.Code.INVALID_ARGUMENT));
    }

    private int appliedWrites() {
        return cluster.partitions().stream()
                .mapToInt(FakePartition::appliedWrites)
                .sum();
    }

    private UpsertResponse upsert(Record... records) {
        return coordinator.records().upsert(request(Wait.WAIT_DURABLE, records));
    }

    private static UpsertRequest request(Wait wait, Record... records) {
        return UpsertRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .addAllRecords(List.of(records))
                .setWait(wait)
                .build();
    }

    private static Record[] many(int count) {
        List<Record> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(record("key-" + i, 1, i, 2, 3));
        }
        return records.toArray(Record[]::new);
    }

    private static Record record(String key, float... values) {
        Vector.Builder vector = Vector.newBuilder();
        for (float value : values) {
            vector.addValues(value);
        }
        return Record.newBuilder().setKey(key).setVector(vector).build();
    }

    static CellMap trainedMap() {
        Random random = new Random(7);
        float[][] sample = new float[400][4];
        for (float[] vector : sample) {
            for (int d = 0; d < vector.length; d++) {
                vector[d] = (float) random.nextGaussian();
            }
            io.voronode.engine.simd.Vectors.normalize(vector);
        }
        return CellTrainer.train(sample, new CellTraining(Metric.COSINE, 4, 12, 4, 1, 1), () -> false);
    }

    private static List<RecordCode> codes(List<RecordResult> results) {
        return results.stream().map(RecordResult::getCode).toList();
    }

    private static Status.Code status(Throwable error) {
        return error instanceof StatusRuntimeException e ? e.getStatus().getCode() : Status.Code.OK;
    }
}
