package io.voronode.coordinator.write;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.v1.GetRequest;
import io.voronode.proto.v1.PayloadUpdate;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordResult;
import io.voronode.proto.v1.UpdatePayloadRequest;
import io.voronode.proto.v1.UpdatePayloadResponse;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.Vector;
import io.voronode.proto.v1.WriteCondition;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Payloads that change without their vectors. */
class PayloadUpdateTest {
    @TempDir
    Path folder;

    private FakeCluster cluster;
    private TestCoordinator coordinator;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(3, 3, Metric.EUCLIDEAN, 2);
        coordinator = new TestCoordinator(cluster, folder);
        coordinator
                .records()
                .upsert(UpsertRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .addRecords(Record.newBuilder()
                                .setKey("a")
                                .setPayload("{}")
                                .setVector(Vector.newBuilder().addValues(1).addValues(2)))
                        .build());
    }

    @AfterEach
    void stop() {
        coordinator.close();
        cluster.close();
    }

    @Test
    void answersEachUpdateInItsPlace() {
        UpdatePayloadResponse response = update(
                PayloadUpdate.newBuilder().setKey("a").setMerge("{\"n\":1}").build(),
                PayloadUpdate.newBuilder().setKey("b").setMerge("{}").build(),
                PayloadUpdate.newBuilder().setKey("a").setMerge("[]").build(),
                PayloadUpdate.newBuilder().setKey("a").build(),
                PayloadUpdate.newBuilder().setKey("a").setMerge("").build(),
                PayloadUpdate.newBuilder()
                        .setKey("a")
                        .setReplace("{}")
                        .setCondition(WriteCondition.newBuilder().setExists(false))
                        .build(),
                PayloadUpdate.newBuilder()
                        .setKey("a")
                        .setReplace("{}")
                        .setCondition(WriteCondition.newBuilder().setVersion(999))
                        .build());

        assertThat(response.getResultsList())
                .extracting(RecordResult::getCode)
                .containsExactly(
                        RecordCode.RECORD_CODE_OK,
                        RecordCode.RECORD_CODE_NOT_FOUND,
                        RecordCode.RECORD_CODE_INVALID_ARGUMENT,
                        RecordCode.RECORD_CODE_INVALID_ARGUMENT,
                        RecordCode.RECORD_CODE_INVALID_ARGUMENT,
                        RecordCode.RECORD_CODE_INVALID_ARGUMENT,
                        RecordCode.RECORD_CODE_CONDITION_FAILED);
        assertThat(response.getResultsList())
                .extracting(RecordResult::getMessage)
                .containsExactly(
                        "",
                        "record 1: no live record has key \"b\"",
                        "update 2: payload is not a JSON object",
                        "update 3: neither replace nor merge is given",
                        "update 4: merge is empty, not a JSON object",
                        "update 5: condition.exists = false, but only a record that exists has a payload",
                        "record 6: version 999 was expected, but the record has version "
                                + response.getResults(0).getVersion());
    }

    @Test
    void makesSeveralUpdatesOfOneKeyInTheirOrderAndOnce() {
        UpdatePayloadRequest request = UpdatePayloadRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .setRequestId(ByteString.copyFrom(new byte[16]))
                .addUpdates(PayloadUpdate.newBuilder().setKey("a").setMerge("{\"n\":1}"))
                .addUpdates(PayloadUpdate.newBuilder().setKey("a").setReplace("{\"n\":2}"))
                .addUpdates(PayloadUpdate.newBuilder().setKey("a").setMerge("{\"n\":3}"))
                .build();

        UpdatePayloadResponse first = coordinator.records().updatePayload(request);
        UpdatePayloadResponse again = coordinator.records().updatePayload(request);

        assertThat(first.getResultsList()).extracting(RecordResult::getCode).containsOnly(RecordCode.RECORD_CODE_OK);
        assertThat(again.getResultsList()).isEqualTo(first.getResultsList());
        assertThat(payload()).isEqualTo("{\"n\":2}{\"n\":3}");
    }

    @Test
    void waitsForTheShardThatHoldsTheRecord() {
        assertThat(update(PayloadUpdate.newBuilder()
                                .setKey("a")
                                .setReplace("{}")
                                .build())
                        .getIndexed())
                .isTrue();
        for (int node = 0; node < 3; node++) {
            cluster.node(node).setInvisible(true);
        }
        UpdatePayloadResponse unseen = coordinator
                .records()
                .withDeadlineAfter(java.time.Duration.ofSeconds(1))
                .updatePayload(request(
                        PayloadUpdate.newBuilder().setKey("a").setReplace("{}").build()));

        assertThat(unseen.getIndexed()).isFalse();
        assertThat(unseen.getResults(0).getCode()).isEqualTo(RecordCode.RECORD_CODE_OK);
    }

    private UpdatePayloadResponse update(PayloadUpdate... updates) {
        return coordinator.records().updatePayload(request(updates));
    }

    private static UpdatePayloadRequest request(PayloadUpdate... updates) {
        return UpdatePayloadRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .addAllUpdates(Arrays.asList(updates))
                .build();
    }

    private String payload() {
        List<Record> found = coordinator
                .records()
                .get(GetRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .addKeys("a")
                        .build())
                .getRecordsList();
        return found.getFirst().getPayload();
    }
}
