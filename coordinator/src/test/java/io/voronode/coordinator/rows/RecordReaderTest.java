package io.voronode.coordinator.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.v1.ConsistencyLevel;
import io.voronode.proto.v1.CountRequest;
import io.voronode.proto.v1.Document;
import io.voronode.proto.v1.GetRequest;
import io.voronode.proto.v1.GetResponse;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordResult;
import io.voronode.proto.v1.ScrollRequest;
import io.voronode.proto.v1.ScrollResponse;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.Vector;
import io.voronode.proto.v1.Wait;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordReaderTest {
    private static final int RECORDS = 257;

    @TempDir
    Path folder;

    private FakeCluster cluster;
    private TestCoordinator coordinator;
    private ByteString token = ByteString.EMPTY;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(2, 5, Metric.DOT, 2);
        coordinator = new TestCoordinator(cluster, folder);
        UpsertRequest.Builder request =
                UpsertRequest.newBuilder().setCollection(FakeCluster.COLLECTION).setWait(Wait.WAIT_DURABLE);
        for (int i = 0; i < RECORDS; i++) {
            request.addRecords(Record.newBuilder()
                    .setKey("key-" + i)
                    .setVector(Vector.newBuilder().addValues(i).addValues(1))
                    .setPayload("{\"i\":" + i + "}")
                    .setDocument(Document.newBuilder()
                            .setContent(ByteString.copyFromUtf8("doc " + i))
                            .setMediaType("text/plain")));
        }
        token = coordinator.records().upsert(request.build()).getSessionToken();
    }

    @AfterEach
    void stop() {
        coordinator.close();
        cluster.close();
    }

    @Test
    void getsRecordsInTheOrderOfTheKeysAndSaysWhichAreNotThere() {
        for (ConsistencyLevel level : List.of(
                ConsistencyLevel.CONSISTENCY_LEVEL_UNSPECIFIED,
                ConsistencyLevel.CONSISTENCY_LEVEL_EVENTUAL,
                ConsistencyLevel.CONSISTENCY_LEVEL_SESSION,
                ConsistencyLevel.CONSISTENCY_LEVEL_STRONG)) {
            GetResponse response = coordinator
                    .records()
                    .get(get("key-3", "nobody", "key-1", "key-3").toBuilder()
                            .setWithDocument(true)
                            .setConsistency(level)
                            .setSessionToken(token)
                            .build());
            assertThat(response.getResultsList())
                    .extracting(RecordResult::getCode)
                    .containsExactly(
                            RecordCode.RECORD_CODE_OK,
                            RecordCode.RECORD_CODE_NOT_FOUND,
                            RecordCode.RECORD_CODE_OK,
                            RecordCode.RECORD_CODE_OK);
            assertThat(response.getRecordsList())
                    .extracting(Record::getKey)
                    .containsExactly("key-3", "", "key-1", "key-3");
            assertThat(response.getRecords(2).getPayload()).isEqualTo("{\"i\":1}");
            assertThat(response.getRecords(2).hasVector()).isFalse();
            assertThat(response.getRecords(2).getDocument().getMediaType()).isEqualTo("text/plain");
            assertThat(response.getRecords(2).getVersion()).isPositive();
            assertThat(response.getSessionToken().isEmpty()).isFalse();
        }
    }

    @Test
    void readsManyDocumentsInPiecesThatFitAMessage() {
        String[] keys = IntStream.range(0, RECORDS).mapToObj(i -> "key-" + i).toArray(String[]::new);
        GetResponse response = coordinator
                .records()
                .get(get(keys).toBuilder()
                        .setWithDocument(true)
                        .setWithVector(true)
                        .build());
        for (int i = 0; i < RECORDS; i++) {
            assertThat(response.getRecords(i).getDocument().getContent().toStringUtf8())
                    .isEqualTo("doc " + i);
            assertThat(response.getRecords(i).getVector().getValuesList()).containsExactly((float) i, 1f);
        }
    }

    @Test
    void countsAndScrollsEveryRecordOnce() {
        assertThat(count(ConsistencyLevel.CONSISTENCY_LEVEL_STRONG)).isEqualTo(RECORDS);
        for (int limit : List.of(1, 7, 100, 1_000, 0)) {
            List<String> keys = new ArrayList<>();
            ByteString cursor = ByteString.EMPTY;
            do {
                ScrollResponse page = coordinator
                        .records()
                        .scroll(ScrollRequest.newBuilder()
                                .setCollection(FakeCluster.COLLECTION)
                                .setCursor(cursor)
                                .setLimit(limit)
                                .build());
                assertThat(page.getRecordsCount()).isBetween(1, limit == 0 ? 100 : limit);
                page.getRecordsList().forEach(record -> keys.add(record.getKey()));
                cursor = page.getNextCursor();
            } while (!cursor.isEmpty());
            assertThat(keys).hasSize(RECORDS).doesNotHaveDuplicates();
        }
    }

    @Test
    void strongReadsNeedALeaderAndEventualOnesDoNot() {
        cluster.partitions().forEach(partition -> partition.setLeader("nowhere"));
        assertThat(count(ConsistencyLevel.CONSISTENCY_LEVEL_EVENTUAL)).isEqualTo(RECORDS);
        assertThatThrownBy(() -> coordinator
                        .records()
                        .withDeadlineAfter(500, TimeUnit.MILLISECONDS)
                        .get(get("key-1").toBuilder()
                                .setConsistency(ConsistencyLevel.CONSISTENCY_LEVEL_STRONG)
                                .build()))
                .satisfies(e -> assertThat(status(e)).isIn(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED));
    }

    @Test
    void everyReadAnswersWithATokenThatCoversWhatItSaw() {
        SessionToken written = SessionToken.decode(cluster.spec().getUuid(), token);
        CountRequest count = CountRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .setSessionToken(token)
                .build();
        ScrollRequest scroll = ScrollRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .setSessionToken(token)
                .build();
        for (ByteString seen : List.of(
                coordinator.records().count(count).getSessionToken(),
                coordinator.records().scroll(scroll).getSessionToken())) {
            SessionToken covered = SessionToken.decode(cluster.spec().getUuid(), seen);
            assertThat(covered.plus(written.positions())).isEqualTo(covered);
        }
    }

    @Test
    void refusesATokenThatHasSeenWhatThePartitionHasNot() {
        Position reached =
                SessionToken.decode(cluster.spec().getUuid(), token).positions().getFirst();
        ByteString future = SessionToken.empty(cluster.spec().getUuid())
                .plus(List.of(
                        reached.toBuilder().setIndex(reached.getIndex() + 1_000).build()))
                .encode();
        for (ConsistencyLevel level :
                List.of(ConsistencyLevel.CONSISTENCY_LEVEL_SESSION, ConsistencyLevel.CONSISTENCY_LEVEL_STRONG)) {
            CountRequest count = CountRequest.newBuilder()
                    .setCollection(FakeCluster.COLLECTION)
                    .setConsistency(level)
                    .setSessionToken(future)
                    .build();
            assertThatThrownBy(() -> coordinator.records().count(count))
                    .hasMessageContaining("the session token has seen partition " + reached.getPartition())
                    .satisfies(e -> assertThat(status(e)).isEqualTo(Status.Code.FAILED_PRECONDITION));
        }
    }

    @Test
    void readsFromTheReplicaThatAnswers() {
        cluster.node(0).setDown(true);
        for (int i = 0; i < 10; i++) {
            assertThat(count(ConsistencyLevel.CONSISTENCY_LEVEL_EVENTUAL)).isEqualTo(RECORDS);
        }
    }

    @Test
    void refusesBadInput() {
        assertInvalid(() -> coordinator.records().get(get("")), "key 0: key is empty");
        String[] tooMany = IntStream.range(0, 1_001).mapToObj(i -> "k" + i).toArray(String[]::new);
        assertInvalid(() -> coordinator.records().get(get(tooMany)), "1001 keys exceed the limit of 1000");
        assertInvalid(
                () -> coordinator
                        .records()
                        .scroll(ScrollRequest.newBuilder()
                                .setCollection(FakeCluster.COLLECTION)
                                .setLimit(1_001)
                                .build()),
                "limit = 1001 is not within 0 to 1000");
        assertInvalid(
                () -> coordinator
                        .records()
                        .scroll(ScrollRequest.newBuilder()
                                .setCollection(FakeCluster.COLLECTION)
                                .setCursor(ByteString.copyFromUtf8("nonsense"))
                                .build()),
                "cursor of 8 bytes");
        assertInvalid(
                () -> coordinator
                        .records()
                        .count(CountRequest.newBuilder()
                                .setCollection(FakeCluster.COLLECTION)
                                .setConsistencyValue(42)
                                .build()),
                "consistency");
    }

    private static void assertInvalid(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(status(e)).isEqualTo(Status.Code.INVALID_ARGUMENT));
    }

    private long count(ConsistencyLevel level) {
        return coordinator
                .records()
                .count(CountRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .setConsistency(level)
                        .build())
                .getCount();
    }

    private static GetRequest get(String... keys) {
        return GetRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .addAllKeys(List.of(keys))
                .build();
    }

    private static Status.Code status(Throwable error) {
        return error instanceof StatusRuntimeException e ? e.getStatus().getCode() : Status.Code.OK;
    }
}
