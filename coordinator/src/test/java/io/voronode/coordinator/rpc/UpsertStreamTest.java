package io.voronode.coordinator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.FakePartition;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.v1.CountRequest;
import io.voronode.proto.v1.GetRequest;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordServiceGrpc;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.SearchRequest;
import io.voronode.proto.v1.SearchResult;
import io.voronode.proto.v1.StreamingUpsertRequest;
import io.voronode.proto.v1.StreamingUpsertResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpsertStreamTest {
    private static final ByteString STREAM = ByteString.copyFromUtf8("sixteen bytes ok");

    @TempDir
    Path folder;

    private FakeCluster cluster;
    private TestCoordinator coordinator;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(2, 3, Metric.COSINE, 32);
        coordinator = new TestCoordinator(cluster, folder);
    }

    @AfterEach
    void stop() {
        coordinator.close();
        cluster.close();
    }

    @Test
    void answersEveryBatchInOrderAndTheLaterOfTwoWritesWins() throws Exception {
        Answers answers = new Answers();
        StreamObserver<StreamingUpsertRequest> batches = open(answers);
        for (int sequence = 1; sequence <= 40; sequence++) {
            batches.onNext(batch(sequence, "hot", "cold-" + sequence));
        }
        batches.onCompleted();
        assertThat(answers.end.get(20, TimeUnit.SECONDS)).isEqualTo(Status.Code.OK);
        long expected = 1;
        for (StreamingUpsertResponse answer : answers.received) {
            assertThat(answer.getSequence()).isEqualTo(expected++);
            assertThat(answer.getResultsList()).allMatch(result -> result.getCode() == RecordCode.RECORD_CODE_OK);
            assertThat(answer.getSessionToken().isEmpty()).isFalse();
        }
        assertThat(expected).isEqualTo(41);
        assertThat(coordinator
                        .records()
                        .get(GetRequest.newBuilder()
                                .setCollection(FakeCluster.COLLECTION)
                                .addKeys("hot")
                                .build())
                        .getRecords(0)
                        .getPayload())
                .isEqualTo("{\"batch\":40}");
        assertThat(coordinator
                        .records()
                        .count(CountRequest.newBuilder()
                                .setCollection(FakeCluster.COLLECTION)
                                .build())
                        .getCount())
                .isEqualTo(41);
    }

    @Test
    void findsByTextWhatWasWrittenAsText() throws Exception {
        Answers answers = new Answers();
        StreamObserver<StreamingUpsertRequest> batches = open(answers);
        batches.onNext(batch(1, "aaaabbbb", "xyzxyz", "mnopq"));
        batches.onCompleted();
        assertThat(answers.end.get(20, TimeUnit.SECONDS)).isEqualTo(Status.Code.OK);
        SearchResult result = coordinator
                .search()
                .search(SearchRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .setQuery(Query.newBuilder().setText("zyx"))
                        .setParams(SearchParams.newBuilder().setK(1).setExplain(true))
                        .build())
                .getResult();
        assertThat(result.getHits(0).getKey()).isEqualTo("xyzxyz");
        assertThat(result.getHits(0).getScore()).isBetween(0.99, 1.0001);
        assertThat(result.getExplanation().hasEmbedTime()).isTrue();
    }

    @Test
    void refusesANumberThatWasUsedAfterAnsweringWhatCameBefore() throws Exception {
        Answers answers = new Answers();
        StreamObserver<StreamingUpsertRequest> batches = open(answers);
        batches.onNext(batch(1, "a"));
        batches.onNext(batch(1, "b").toBuilder().clearCollection().build());
        assertThat(answers.end.get(20, TimeUnit.SECONDS)).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(answers.message).startsWith("sequence 1 after 1 without ordinals");
        assertThat(answers.received).hasSize(1);
    }

    @Test
    void refusesAFirstBatchThatSaysNotWhichItIs() throws Exception {
        for (StreamingUpsertRequest wrong : List.of(
                batch(1, "a").toBuilder().setSequence(0).build(),
                batch(1, "a").toBuilder().setSequence(-1).build(),
                batch(1, "a").toBuilder().setStreamId(STREAM.substring(3)).build(),
                batch(1, "a").toBuilder().addAllOrdinals(List.of(0, 1)).build())) {
            Answers answers = new Answers();
            open(answers).onNext(wrong);
            assertThat(answers.end.get(20, TimeUnit.SECONDS)).as("%s", wrong).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void anotherStreamGoesOnForABrokenOneAndAppliesNoBatchTwice() throws Exception {
        Answers first = new Answers();
        StreamObserver<StreamingUpsertRequest> broken = open(first);
        for (int sequence = 1; sequence <= 3; sequence++) {
            broken.onNext(named(sequence, "a-" + sequence, "b-" + sequence));
        }
        broken.onCompleted();
        assertThat(first.end.get(20, TimeUnit.SECONDS)).isEqualTo(Status.Code.OK);

        Answers second = new Answers();
        StreamObserver<StreamingUpsertRequest> resumed = open(second);
        for (int sequence = 2; sequence <= 5; sequence++) {
            resumed.onNext(named(sequence, "a-" + sequence, "b-" + sequence));
        }
        resumed.onNext(named(3, "b-3").toBuilder().addOrdinals(1).build());
        resumed.onCompleted();

        assertThat(second.end.get(20, TimeUnit.SECONDS)).isEqualTo(Status.Code.OK);
        assertThat(second.received)
                .extracting(StreamingUpsertResponse::getSequence)
                .containsExactly(2L, 3L, 4L, 5L, 3L);
        List<StreamingUpsertResponse> before = List.copyOf(first.received);
        List<StreamingUpsertResponse> after = List.copyOf(second.received);
        assertThat(after.get(0).getResultsList()).isEqualTo(before.get(1).getResultsList());
        assertThat(after.get(1).getResultsList()).isEqualTo(before.get(2).getResultsList());
        assertThat(after.get(4).getResults(0)).isEqualTo(before.get(2).getResults(1));
        assertThat(appliedWrites()).isEqualTo(10);
    }

    @Test
    void streamsWithoutAnIdHaveNothingInCommon() throws Exception {
        for (int stream = 0; stream < 2; stream++) {
            Answers answers = new Answers();
            StreamObserver<StreamingUpsertRequest> batches = open(answers);
            batches.onNext(batch(1, "a"));
            batches.onCompleted();
            assertThat(answers.end.get(20, TimeUnit.SECONDS)).isEqualTo(Status.Code.OK);
        }
        assertThat(appliedWrites()).isEqualTo(2);
    }

    @Test
    void endsWithNotFoundForAnUnknownCollection() throws Exception {
        Answers answers = new Answers();
        StreamObserver<StreamingUpsertRequest> batches = open(answers);
        batches.onNext(batch(1, "a").toBuilder().setCollection("unknown").build());
        assertThat(answers.end.get(20, TimeUnit.SECONDS)).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void readsOnOnlyAsFastAsItApplies() throws Exception {
        cluster.partitions().forEach(partition -> partition.setLeader("nowhere"));
        Answers answers = new Answers();
        ClientCallStreamObserver<StreamingUpsertRequest> batches =
                (ClientCallStreamObserver<StreamingUpsertRequest>) open(answers);
        int sent = 0;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        while (sent < 1_000 && System.nanoTime() < deadline) {
            if (batches.isReady()) {
                batches.onNext(large(++sent));
            } else {
                Thread.onSpinWait();
            }
        }
        assertThat(sent).as("batches taken while nothing is applied").isLessThan(20);
        cluster.partitions().forEach(partition -> partition.setLeader("node-1"));
        batches.onCompleted();
        assertThat(answers.end.get(30, TimeUnit.SECONDS)).isEqualTo(Status.Code.OK);
        assertThat(answers.received).hasSize(sent);
        assertThat(appliedWrites()).isEqualTo(sent);
    }

    @Test
    void aStreamThatWouldGoOnDoesNotHoldUpTheEndOfTheServer() throws Exception {
        Answers answers = new Answers();
        ClientCallStreamObserver<StreamingUpsertRequest> batches =
                (ClientCallStreamObserver<StreamingUpsertRequest>) open(answers);
        Thread closing = Thread.ofVirtual().unstarted(coordinator::closeServer);
        int sent = 0;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!answers.end.isDone() && System.nanoTime() < deadline) {
            if (batches.isReady()) {
                batches.onNext(batch(++sent, "key-" + sent));
            }
            if (!answers.received.isEmpty() && closing.getState() == Thread.State.NEW) {
                closing.start();
            }
        }
        assertThat(answers.end.get(1, TimeUnit.SECONDS))
                .as("told that the coordinator is closing; cut off it would be cancelled")
                .isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(answers.message).isEqualTo("the coordinator is closing");
        closing.join();
    }

    private int appliedWrites() {
        return cluster.partitions().stream()
                .mapToInt(FakePartition::appliedWrites)
                .sum();
    }

    private StreamObserver<StreamingUpsertRequest> open(Answers answers) {
        return RecordServiceGrpc.newStub(coordinator.channel())
                .withDeadlineAfter(40, TimeUnit.SECONDS)
                .streamingUpsert(answers);
    }

    private static StreamingUpsertRequest batch(int sequence, String... keys) {
        StreamingUpsertRequest.Builder batch =
                StreamingUpsertRequest.newBuilder().setSequence(sequence);
        if (sequence == 1) {
            batch.setCollection(FakeCluster.COLLECTION);
        }
        for (String key : keys) {
            batch.addRecords(Record.newBuilder().setKey(key).setText(key).setPayload("{\"batch\":" + sequence + "}"));
        }
        return batch.build();
    }

    /** The batch of a client that may go on with it on another stream. */
    private static StreamingUpsertRequest named(int sequence, String... keys) {
        return batch(sequence, keys).toBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .setStreamId(STREAM)
                .build();
    }

    private static StreamingUpsertRequest large(int sequence) {
        StreamingUpsertRequest batch = batch(sequence, "key-" + sequence);
        return batch.toBuilder()
                .setRecords(0, batch.getRecords(0).toBuilder().setText("word ".repeat(100_000)))
                .build();
    }

    /** Collects the answers and how the stream ended. */
    private static final class Answers
            implements ClientResponseObserver<StreamingUpsertRequest, StreamingUpsertResponse> {
        private final Queue<StreamingUpsertResponse> received = new ConcurrentLinkedQueue<>();
        private final CompletableFuture<Status.@Nullable Code> end = new CompletableFuture<>();
        private volatile String message = "";

        @Override
        public void beforeStart(ClientCallStreamObserver<StreamingUpsertRequest> requests) {
            // The defaults are as wanted.
        }

        @Override
        public void onNext(StreamingUpsertResponse answer) {
            received.add(answer);
        }

        @Override
        public void onError(Throwable error) {
            message = String.valueOf(Status.fromThrowable(error).getDescription());
            end.complete(Status.fromThrowable(error).getCode());
        }

        @Override
        public void onCompleted() {
            end.complete(Status.Code.OK);
        }
    }
}
