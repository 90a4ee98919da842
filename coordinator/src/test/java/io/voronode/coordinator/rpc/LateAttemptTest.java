package io.voronode.coordinator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.StreamObserver;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.v1.GetRequest;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordResult;
import io.voronode.proto.v1.RecordServiceGrpc;
import io.voronode.proto.v1.StreamingUpsertRequest;
import io.voronode.proto.v1.StreamingUpsertResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An attempt at a record of a stream that arrives after all that was written since. */
class LateAttemptTest {
    @TempDir
    Path folder;

    private final BlockingQueue<StreamingUpsertResponse> answers = new LinkedBlockingQueue<>();
    private FakeCluster cluster;
    private TestCoordinator coordinator;
    private StreamObserver<StreamingUpsertRequest> stream;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(1, 1, Metric.COSINE, 32);
        coordinator = new TestCoordinator(cluster, folder);
        stream = RecordServiceGrpc.newStub(coordinator.channel())
                .withDeadlineAfter(40, TimeUnit.SECONDS)
                .streamingUpsert(new Answers());
    }

    @AfterEach
    void stop() {
        coordinator.close();
        cluster.close();
    }

    @Test
    void neverLandsOnANewerRecordOfItsKey() throws Exception {
        cluster.node(0).holds.set(1);

        assertThat(codes(batch(1, "k"))).containsExactly(RecordCode.RECORD_CODE_RESOURCE_EXHAUSTED);
        List<RecordResult> second = results(batch(2, "other", "k"));
        assertThat(second.get(0).getCode()).isEqualTo(RecordCode.RECORD_CODE_OK);
        assertThat(second.get(1).getCode()).isEqualTo(RecordCode.RECORD_CODE_UNAVAILABLE);
        assertThat(second.get(1).getMessage()).isEqualTo("a record of batch 1 of the same key was not written");

        assertThat(codes(again(1, 0, "k"))).containsExactly(RecordCode.RECORD_CODE_OK);
        assertThat(results(batch(3, "k")).getFirst().getMessage())
                .as("nor does a third come before the second")
                .isEqualTo("a record of batch 2 of the same key was not written");
        assertThat(codes(again(2, 1, "k"))).containsExactly(RecordCode.RECORD_CODE_OK);
        assertThat(codes(again(3, 0, "k"))).containsExactly(RecordCode.RECORD_CODE_OK);

        cluster.node(0).deliverHeld();
        assertThat(payload("k")).isEqualTo("{\"batch\":3}");
        assertThat(codes(batch(4, "k"))).containsExactly(RecordCode.RECORD_CODE_OK);
    }

    private List<RecordCode> codes(StreamingUpsertRequest batch) throws InterruptedException {
        return results(batch).stream().map(RecordResult::getCode).toList();
    }

    private List<RecordResult> results(StreamingUpsertRequest batch) throws InterruptedException {
        stream.onNext(batch);
        StreamingUpsertResponse answer = Objects.requireNonNull(answers.poll(20, TimeUnit.SECONDS), "no answer");
        assertThat(answer.getSequence()).isEqualTo(batch.getSequence());
        return answer.getResultsList();
    }

    private String payload(String key) {
        return coordinator
                .records()
                .get(GetRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .addKeys(key)
                        .build())
                .getRecords(0)
                .getPayload();
    }

    private static StreamingUpsertRequest again(int sequence, int ordinal, String key) {
        return batch(sequence, key).toBuilder().addOrdinals(ordinal).build();
    }

    private static StreamingUpsertRequest batch(int sequence, String... keys) {
        StreamingUpsertRequest.Builder batch = StreamingUpsertRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .setSequence(sequence);
        for (String key : keys) {
            batch.addRecords(Record.newBuilder().setKey(key).setText(key).setPayload("{\"batch\":" + sequence + "}"));
        }
        return batch.build();
    }

    private final class Answers implements StreamObserver<StreamingUpsertResponse> {
        @Override
        public void onNext(StreamingUpsertResponse answer) {
            answers.add(answer);
        }

        @Override
        public void onError(Throwable error) {
            // The test sees that no answer came.
        }

        @Override
        public void onCompleted() {
            // Nothing follows.
        }
    }
}
