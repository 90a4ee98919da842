package io.voronode.shardnode.partition.apply;

import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.delete;
import static io.voronode.shardnode.partition.Requests.mergePayload;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.replacePayload;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.AssignBatch;
import io.voronode.proto.internal.v1.Assignment;
import io.voronode.proto.internal.v1.BeginGenerationOrder;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.StoredBody;
import io.voronode.proto.internal.v1.StoredFeedChanges;
import io.voronode.proto.internal.v1.StoredHead;
import io.voronode.proto.internal.v1.WriteCode;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.proto.internal.v1.WriteResult;
import io.voronode.shardnode.partition.Requests;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.wire.VectorBytes;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Payloads that change without their vectors. */
class PayloadUpdateTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    private static final float[] HERE = {1, 2};
    private static final Stamp S0 = stamp(0, 3, 9);
    private static final byte[] ROW = RowKeys.row(SPEC.getUuid(), "a");

    @TempDir
    private Path folder;

    private TestReplica replica;

    @BeforeEach
    void open() {
        replica = new TestReplica(folder.resolve("a"));
        replica.control(createCollection(SPEC, 1));
    }

    @AfterEach
    void close() {
        replica.close();
    }

    @Test
    void keepsVectorDocumentAndStampsAndTellsTheShard() {
        WriteOperation put = upsert(0, "a", HERE, "{\"n\":1.0}", S0);
        write(put.toBuilder()
                .setUpsert(put.getUpsert().toBuilder()
                        .setHasDocument(true)
                        .setDocument(ByteString.copyFromUtf8("whole"))
                        .setMediaType("text/plain"))
                .build());

        WriteResult merged = write(mergePayload(0, "a", "{\"m\":2}"));

        assertThat(merged.getCode()).isEqualTo(WriteCode.WRITE_CODE_APPLIED);
        assertThat(merged.getVersion()).isEqualTo(replica.index());
        assertThat(merged.getLostList()).as("the shards to wait for").containsExactly(S0);
        try (RowView view = replica.view()) {
            StoredHead head = Objects.requireNonNull(view.head(ROW));
            assertThat(head.getVersion()).isEqualTo(replica.index());
            assertThat(head.getStampsList()).containsExactly(S0);
            StoredBody body = Objects.requireNonNull(view.body(ROW));
            assertThat(body.getPayload()).isEqualTo("{\"n\":1.0,\"m\":2}");
            assertThat(VectorBytes.unpack(body.getVector())).containsExactly(HERE);
            assertThat(Objects.requireNonNull(view.document(ROW)).getContent().toStringUtf8())
                    .isEqualTo("whole");
        }
        assertThat(fedShards()).isEqualTo(2);
        assertThat(replica.collection(SPEC.getUuid()).getLiveRows()).isEqualTo(1);
    }

    @Test
    void replacesAPayload() {
        write(upsert(0, "a", HERE, "{\"n\":1}", S0));
        write(replacePayload(0, "a", "{\"m\":2}"));

        assertThat(payload()).isEqualTo("{\"m\":2}");
    }

    @Test
    void answersNotFoundForGoodWhereThereIsNoRecord() {
        RequestOperations request = operations(SPEC, mergePayload(0, "a", "{}"));
        WriteResult none = replica.writeOne(request);
        write(upsert(0, "a", HERE, "{\"n\":1}", S0));

        assertThat(none.getCode()).isEqualTo(WriteCode.WRITE_CODE_NOT_FOUND);
        assertThat(replica.writeOne(request)).isEqualTo(none);
        write(delete(0, "a"));
        assertThat(write(replacePayload(0, "a", "{}")).getCode()).isEqualTo(WriteCode.WRITE_CODE_NOT_FOUND);
    }

    @Test
    void mergesOnceHoweverOftenItIsSent() {
        write(upsert(0, "a", HERE, "{\"n\":1}", S0));
        RequestOperations request = operations(SPEC, mergePayload(0, "a", "{\"n\":2}"));
        WriteResult first = replica.writeOne(request);
        write(mergePayload(0, "a", "{\"n\":3}"));
        replica.restartFromCheckpoint();

        assertThat(replica.writeOne(request)).isEqualTo(first);
        assertThat(payload()).isEqualTo("{\"n\":3}");
    }

    @Test
    void changesThePayloadOfTheVersionThatIsWantedAndNoOther() {
        long version = write(upsert(0, "a", HERE, "{\"n\":1}", S0)).getVersion();

        WriteResult first = write(ifVersion(mergePayload(0, "a", "{\"n\":2}"), version));
        WriteResult second = write(ifVersion(mergePayload(0, "a", "{\"n\":3}"), version));

        assertThat(first.getCode()).isEqualTo(WriteCode.WRITE_CODE_APPLIED);
        assertThat(second.getCode()).isEqualTo(WriteCode.WRITE_CODE_CONDITION_FAILED);
        assertThat(payload()).isEqualTo("{\"n\":2}");
    }

    @Test
    void refusesAPayloadThatWouldBecomeTooLarge() {
        String large = "x".repeat(40 << 10);
        write(upsert(0, "a", HERE, "{\"n\":\"" + large + "\"}", S0));

        WriteResult refused = write(mergePayload(0, "a", "{\"m\":\"" + large + "\"}"));

        assertThat(refused.getCode()).isEqualTo(WriteCode.WRITE_CODE_REJECTED);
        assertThat(refused.getMessage()).contains("81935").contains("65536");
        assertThat(payload()).hasSize(large.length() + 8);
    }

    @Test
    void refusesARecordThatWouldBecomeTooLarge() {
        WriteOperation put = upsert(0, "a", HERE, "{}", S0);
        write(put.toBuilder()
                .setUpsert(put.getUpsert().toBuilder()
                        .setHasDocument(true)
                        .setDocument(ByteString.copyFrom(new byte[(960 << 10) - 20])))
                .build());

        WriteResult refused = write(replacePayload(0, "a", "{\"n\":12345678}"));

        assertThat(refused.getCode()).isEqualTo(WriteCode.WRITE_CODE_REJECTED);
        assertThat(refused.getMessage()).contains("983043").contains("983040");
        assertThat(write(replacePayload(0, "a", "{\"n\":1}")).getCode()).isEqualTo(WriteCode.WRITE_CODE_APPLIED);
    }

    /** Else a payload that changes all the time would keep a generation from ever being built. */
    @Test
    void doesNotKeepTheRowFromGettingItsStamp() {
        long vector = write(upsert(0, "a", HERE, "{}", S0)).getVersion();
        replica.control(ControlCommand.newBuilder()
                .setEpoch(1)
                .setBeginGeneration(BeginGenerationOrder.newBuilder()
                        .setCollectionUuid(SPEC.getUuid())
                        .setGeneration(1))
                .build());
        write(mergePayload(0, "a", "{\"n\":1}"));
        write(mergePayload(0, "a", "{\"n\":2}"));
        assertThat(replica.collection(SPEC.getUuid()).getGenerations(1).getUnstamped())
                .isEqualTo(1);

        replica.apply(PartitionEntry.newBuilder()
                .setAssign(AssignBatch.newBuilder()
                        .setCollectionUuid(SPEC.getUuid())
                        .setGeneration(1)
                        .addAssignments(Assignment.newBuilder()
                                .setKey("a")
                                .setVersion(vector)
                                .setStamp(stamp(1, 0, 0)))));

        assertThat(replica.collection(SPEC.getUuid()).getGenerations(1).getUnstamped())
                .isZero();
        long before = replica.index();
        write(upsert(0, "a", HERE, "{}", S0, stamp(1, 0, 0)));
        try (RowView view = replica.view()) {
            assertThat(Objects.requireNonNull(view.head(ROW)).getVectorVersion())
                    .as("version %d brought another vector", before + 1)
                    .isZero();
        }
    }

    @Test
    void makesEqualReplicasOfEqualEntries() {
        try (TestReplica other = new TestReplica(folder.resolve("b"))) {
            other.control(createCollection(SPEC, 1));
            RequestOperations[] requests = {
                operations(SPEC, upsert(0, "a", HERE, "{\"x\":{\"y\":1}}", S0)),
                operations(SPEC, mergePayload(0, "a", "{\"x\":{\"z\":2}}")),
                operations(SPEC, mergePayload(0, "b", "{}")),
                operations(SPEC, mergePayload(0, "a", "no object")),
            };
            for (RequestOperations request : requests) {
                assertThat(other.write(request)).isEqualTo(replica.write(request));
            }
            assertThat(other.contentHash()).isEqualTo(replica.contentHash());
        }
    }

    private WriteResult write(WriteOperation operation) {
        return replica.writeOne(operations(SPEC, operation));
    }

    private static WriteOperation ifVersion(WriteOperation operation, long version) {
        return operation.toBuilder().setIfVersion(version).build();
    }

    private String payload() {
        try (RowView view = replica.view()) {
            return Objects.requireNonNull(view.body(ROW)).getPayload();
        }
    }

    /** Entries that told the row's shard of it. */
    private int fedShards() {
        int changes = 0;
        try (RowView view = replica.view();
                RangeIterator i = view.prefix(Family.FEED, RowKeys.shard(SPEC.getUuid(), 0, S0.getShard()))) {
            for (; i.valid(); i.next()) {
                changes += view.parse(StoredFeedChanges.parser(), i.value()).getChangesCount();
            }
        }
        return changes;
    }
}
