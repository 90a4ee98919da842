package io.voronode.coordinator.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordServiceGrpc;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.SearchRequest;
import io.voronode.proto.v1.SearchResponse;
import io.voronode.proto.v1.SearchServiceGrpc;
import io.voronode.proto.v1.StreamingUpsertRequest;
import io.voronode.proto.v1.StreamingUpsertResponse;
import io.voronode.proto.v1.Vector;
import io.voronode.wire.Channels;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException.Overload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams among the other requests of a coordinator. */
class StreamAdmissionTest {
    private static final int RUNNING = 32 * Runtime.getRuntime().availableProcessors();

    @TempDir
    Path folder;

    private final List<ManagedChannel> channels = new ArrayList<>();
    private FakeCluster cluster;
    private TestCoordinator coordinator;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(1, 2, Metric.COSINE, 32);
        coordinator = new TestCoordinator(cluster, folder);
        for (int i = 0; i < 4; i++) {
            channels.add(Channels.open("127.0.0.1:" + coordinator.port()));
        }
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        coordinator.close();
        cluster.close();
    }

    @Test
    void waitForTheirTurnAndAreNotRefusedAndDoNothingTwice() throws Exception {
        cluster.node(0).setFrozen(true);
        List<ListenableFuture<SearchResponse>> searches = new ArrayList<>();
        for (int i = 0; i < 3 * RUNNING + 1; i++) {
            searches.add(SearchServiceGrpc.newFutureStub(channels.get(i % channels.size()))
                    .withDeadlineAfter(60, TimeUnit.SECONDS)
                    .search(search()));
        }
        awaitRefusal(searches);

        Answers answers = new Answers();
        StreamObserver<StreamingUpsertRequest> batches = open(answers);
        for (int sequence = 1; sequence <= 3; sequence++) {
            batches.onNext(batch(sequence));
        }
        batches.onCompleted();
        assertThatThrownBy(() -> answers.end.get(500, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

        searches.forEach(search -> search.cancel(true));
        assertThat(answers.end.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(answers.received).hasSize(3);
        assertThat(cluster.embeddings).hasValue(3);
    }

    private static void awaitRefusal(List<ListenableFuture<SearchResponse>> searches) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (searches.stream().noneMatch(Future::isDone)) {
            assertThat(System.nanoTime()).as("one search too many").isLessThan(end);
            Thread.sleep(10);
        }
        assertThat(searches.stream().filter(Future::isDone).map(Future::exceptionNow))
                .allMatch(refusal -> Statuses.fromGrpc(refusal) instanceof Overload);
    }

    @Test
    void areRefusedWhenTooManyAreOpenAndTakenWhenOneHasEnded() throws Exception {
        List<StreamObserver<StreamingUpsertRequest>> open = new ArrayList<>();
        for (int i = 0; i < Math.min(RUNNING, 512); i++) {
            Answers answers = new Answers();
            StreamObserver<StreamingUpsertRequest> stream = open(answers);
            stream.onNext(batch(1));
            open.add(stream);
            assertThat(answers.received.poll(20, TimeUnit.SECONDS)).isNotNull();
        }
        Answers refused = new Answers();
        open(refused).onNext(batch(1));
        assertThatThrownBy(() -> refused.end.get(20, TimeUnit.SECONDS))
                .satisfies(e -> assertThat(Statuses.fromGrpc(Objects.requireNonNull(e.getCause())))
                        .isInstanceOf(Overload.class));

        open.getFirst().onCompleted();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!isTaken()) {
            assertThat(System.nanoTime()).as("a stream is taken in time").isLessThan(end);
        }
    }

    private boolean isTaken() throws InterruptedException {
        Answers answers = new Answers();
        StreamObserver<StreamingUpsertRequest> stream = open(answers);
        stream.onNext(batch(1));
        while (!answers.end.isDone()) {
            if (answers.received.poll(10, TimeUnit.MILLISECONDS) != null) {
                return true;
            }
        }
        return false;
    }

    private StreamObserver<StreamingUpsertRequest> open(Answers answers) {
        return RecordServiceGrpc.newStub(coordinator.channel())
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .streamingUpsert(answers);
    }

    private static StreamingUpsertRequest batch(int sequence) {
        return StreamingUpsertRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .setSequence(sequence)
                .addRecords(Record.newBuilder().setKey("key-" + sequence).setText("text"))
                .build();
    }

    private static SearchRequest search() {
        Vector.Builder vector = Vector.newBuilder();
        for (int i = 0; i < 32; i++) {
            vector.addValues(1);
        }
        return SearchRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .setQuery(Query.newBuilder().setVector(vector))
                .setParams(SearchParams.newBuilder().setK(1))
                .build();
    }

    /** Collects the answers and how the stream ended. */
    private static final class Answers implements StreamObserver<StreamingUpsertResponse> {
        private final BlockingQueue<StreamingUpsertResponse> received = new LinkedBlockingQueue<>();
        private final CompletableFuture<Boolean> end = new CompletableFuture<>();

        @Override
        public void onNext(StreamingUpsertResponse answer) {
            received.add(answer);
        }

        @Override
        public void onError(Throwable error) {
            end.completeExceptionally(error);
        }

        @Override
        public void onCompleted() {
            end.complete(true);
        }
    }
}
