package io.voronode.shardnode.partition;

import static io.voronode.shardnode.partition.Requests.control;
import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.delete;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static io.voronode.shardnode.partition.Requests.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.BarrierRequest;
import io.voronode.proto.internal.v1.BeginGenerationOrder;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.PutBlobOrder;
import io.voronode.proto.internal.v1.ReadRequest;
import io.voronode.proto.internal.v1.ReadResponse;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.SampleRequest;
import io.voronode.proto.internal.v1.ScanRequest;
import io.voronode.proto.internal.v1.ScanResponse;
import io.voronode.proto.internal.v1.ScanShardRequest;
import io.voronode.proto.internal.v1.ScannedRow;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.WriteCode;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.proto.internal.v1.WriteResponse;
import io.voronode.proto.internal.v1.WriteResult;
import io.voronode.wire.VectorBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionHostTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);

    private static final float[] HERE = {1, 2};
    private static final Stamp S0 = stamp(0, 0, 0);

    @TempDir
    private Path folder;

    @Test
    void keepsWhatWasAcknowledgedAcrossARestart() {
        try (TestNode node = TestNode.withDefaults(folder)) {
            node.formAlone(0);
            node.rows().control(control(0, createCollection(SPEC, 1)));
            WriteResponse written = node.rows()
                    .write(write(
                            0,
                            operations(
                                    SPEC,
                                    upsert(0, "a", new float[] {1, 2}, "{\"n\":1}", stamp(0, 0, 0)),
                                    upsert(1, "b", new float[] {3, 4}, stamp(0, 0, 0)))));
            assertThat(written.getResultsList())
                    .allSatisfy(result -> assertThat(result.getCode()).isEqualTo(WriteCode.WRITE_CODE_APPLIED));
            node.rows().write(write(0, operations(SPEC, delete(0, "b"))));

            node.restart();
            node.awaitLeader(0);

            ReadResponse read = node.rows()
                    .read(ReadRequest.newBuilder()
                            .setPartition(0)
                            .setCollectionUuid(SPEC.getUuid())
                            .addKeys("a")
                            .addKeys("b")
                            .setWithVector(true)
                            .setWithPayload(true)
                            .setAtLeast(written.getPosition())
                            .build());
            assertThat(read.getRowsList()).hasSize(1);
            assertThat(read.getRows(0).getKey()).isEqualTo("a");
            assertThat(read.getRows(0).getPayload()).isEqualTo("{\"n\":1}");
            assertThat(VectorBytes.unpack(read.getRows(0).getVector())).containsExactly(1, 2);
            assertThat(node.status(0).getCollections(0).getLiveRows()).isEqualTo(1);
        }
    }

    @Test
    void comesBackFromASnapshotAndTheLogBehindIt() {
        PartitionLimits small =
                new PartitionLimits(1_000, 16 << 20, 8, 64 << 10, Duration.ofMinutes(10), 1_000, 1 << 30, 64 << 10, 1);
        try (TestNode node = new TestNode("node", folder, small)) {
            node.formAlone(0);
            node.rows().control(control(0, createCollection(SPEC, 1)));
            int count = 0;
            while (RaftFolders.firstLogIndex(folder) < 100) {
                node.rows()
                        .write(write(
                                0,
                                operations(SPEC, upsert(0, "k" + count++, HERE, "\"" + "x".repeat(4_000) + "\"", S0))));
            }
            for (int restart = 0; restart < 2; restart++) {
                node.restart();
                node.awaitLeader(0);
                assertThat(node.status(0).getCollections(0).getLiveRows()).isEqualTo(count);
                node.rows().write(write(0, operations(SPEC, upsert(0, "k" + count++, HERE, S0))));
            }
        }
    }

    @Test
    void answersARequestThatIsSentAgainAfterARestart() {
        try (TestNode node = TestNode.withDefaults(folder)) {
            node.formAlone(0);
            node.rows().control(control(0, createCollection(SPEC, 1)));
            RequestOperations request = operations(SPEC, upsert(0, "a", HERE, S0));
            WriteResponse first = node.rows().write(write(0, request));
            node.restart();
            node.awaitLeader(0);

            assertThat(node.rows().write(write(0, request)).getResultsList()).isEqualTo(first.getResultsList());
        }
    }

    @Test
    void replacesAStoreThatDoesNotOpenFromItsSnapshotAndTheLog() throws IOException {
        try (TestNode node = TestNode.withDefaults(folder)) {
            node.formAlone(0);
            node.rows().control(control(0, createCollection(SPEC, 1)));
            node.rows().write(write(0, operations(SPEC, upsert(0, "a", HERE, S0))));
            node.stop();
            Path store = folder.resolve("partitions").resolve("0").resolve("store");
            Files.writeString(store.resolve("CURRENT"), "not a manifest\n");
            node.startAgain();
            node.awaitLeader(0);

            assertThat(node.status(0).getCollections(0).getLiveRows()).isEqualTo(1);
            assertThat(store.resolveSibling("store-damaged")).exists();
        }
    }

    @Test
    void saysWhyAPartitionWithoutItsLogDoesNotWorkAndServesTheOthers() throws IOException {
        try (TestNode node = TestNode.withDefaults(folder)) {
            node.formAlone(0);
            node.formAlone(1);
            String group = group(node, 0);
            node.stop();
            FolderFiles.delete(folder.resolve("raft").resolve(group));
            node.startAgain();
            node.awaitLeader(1);

            assertThat(node.status(0).getFailure()).contains("missing");
            assertThat(folder.resolve("raft").resolve(group)).doesNotExist();
            assertThat(catchThrowable(() -> node.rows()
                            .barrier(BarrierRequest.newBuilder().setPartition(0).build())))
                    .hasMessageContaining("missing");
        }
    }

    private String group(TestNode node, int partition) throws IOException {
        for (PartitionTarget target : new GroupFiles(node.folder()).targets()) {
            if (target.getPartition() == partition) {
                return GroupFiles.uuid(target).toString();
            }
        }
        throw new AssertionError("no partition " + partition);
    }

    @Test
    void refusesWhatCannotBeWrittenAndAppliesTheRest() {
        try (TestNode node = TestNode.withDefaults(folder)) {
            node.formAlone(0);
            node.rows().control(control(0, createCollection(SPEC, 1)));
            WriteResponse response = node.rows()
                    .write(write(
                            0,
                            operations(
                                    SPEC,
                                    upsert(0, "wrong", new float[3], S0),
                                    upsert(1, "large", HERE, "x".repeat(1 << 20), S0),
                                    upsert(2, "good", HERE, S0))));

            assertThat(response.getResultsList())
                    .extracting(WriteResult::getCode)
                    .containsExactly(
                            WriteCode.WRITE_CODE_REJECTED, WriteCode.WRITE_CODE_REJECTED, WriteCode.WRITE_CODE_APPLIED);
            assertThat(response.getResults(1).getMessage()).contains("bytes > ");
            assertThat(code(() -> node.rows().write(write(0, operations(SPEC, upsert(0, "", HERE, S0))))))
                    .isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(code(() -> node.rows().write(write(5, operations(SPEC, upsert(0, "a", HERE, S0))))))
                    .isEqualTo(Status.Code.FAILED_PRECONDITION);
            assertThat(code(() -> node.rows().control(control(0, createCollection(SPEC, 0)))))
                    .isEqualTo(Status.Code.FAILED_PRECONDITION);
        }
    }

    private static Status.Code code(ThrowingCallable call) {
        return Status.fromThrowable(catchThrowable(call)).getCode();
    }

    @Test
    void scansInKeyOrderPageByPage() {
        try (TestNode node = TestNode.withDefaults(folder)) {
            node.formAlone(0);
            node.rows().control(control(0, createCollection(SPEC, 1)));
            for (String key : List.of("b", "a", "é", "z", "c")) {
                node.rows().write(write(0, operations(SPEC, upsert(0, key, HERE, S0))));
            }
            List<String> keys = new ArrayList<>();
            ScanResponse page;
            do {
                page = node.rows()
                        .scan(ScanRequest.newBuilder()
                                .setPartition(0)
                                .setCollectionUuid(SPEC.getUuid())
                                .setAfterKey(keys.isEmpty() ? "" : keys.getLast())
                                .setLimit(2)
                                .build());
                page.getRowsList().forEach(row -> keys.add(row.getKey()));
            } while (page.getMore());

            assertThat(keys).containsExactly("a", "b", "c", "z", "é");
            assertThat(page.getLiveRows()).isEqualTo(5);
        }
    }

    @Test
    void givesTheSameSampleForTheSameSeed() {
        try (TestNode node = TestNode.withDefaults(folder)) {
            node.formAlone(0);
            node.rows().control(control(0, createCollection(SPEC, 1)));
            List<WriteOperation> writes = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                writes.add(upsert(i, "k" + i, new float[] {i, 0}, S0));
            }
            node.rows().write(write(0, operations(SPEC, writes.toArray(WriteOperation[]::new))));

            List<Float> sample = sample(node, 50, 7);
            assertThat(sample).hasSize(50).doesNotHaveDuplicates().isEqualTo(sample(node, 50, 7));
            assertThat(sample(node, 50, 8)).isNotEqualTo(sample);
            assertThat(sample(node, 1_000, 8)).hasSize(200);
        }
    }

    private static List<Float> sample(TestNode node, int count, long seed) {
        List<Float> values = new ArrayList<>();
        node.rows()
                .sample(SampleRequest.newBuilder()
                        .setPartition(0)
                        .setCollectionUuid(SPEC.getUuid())
                        .setCount(count)
                        .setSeed(seed)
                        .build())
                .forEachRemaining(
                        batch -> batch.getVectorsList().forEach(vector -> values.add(VectorBytes.unpack(vector)[0])));
        return values;
    }

    @Test
    void stampsOldRowsByACellMapThatItFetchesByDigest() {
        try (TestNode node = TestNode.withDefaults(folder)) {
            node.formAlone(0);
            node.rows().control(control(0, createCollection(SPEC, 1)));
            float[][] points = new float[600][];
            List<WriteOperation> writes = new ArrayList<>();
            for (int i = 0; i < points.length; i++) {
                points[i] = new float[] {i % 30, (i * 7) % 31};
                writes.add(upsert(i, "k" + i, points[i], S0));
            }
            node.rows().write(write(0, operations(SPEC, writes.toArray(WriteOperation[]::new))));
            CellMap map = CellTrainer.train(points, new CellTraining(Metric.EUCLIDEAN, 2, 8, 2, 1, 1), () -> false);
            putBlob(node, map.encode(), Requests.digest(map));
            node.rows().control(control(0, beginOne(Requests.digest(map))));
            TestNode.await(
                    "stamps",
                    () -> node.status(0).getCollections(0).getGenerations(1).getUnstamped() == 0);

            List<ScannedRow> rows = new ArrayList<>();
            for (int shard = 0; shard < map.shardCount(); shard++) {
                node.feedBlocking()
                        .scanShard(ScanShardRequest.newBuilder()
                                .setCollectionUuid(SPEC.getUuid())
                                .setGeneration(1)
                                .setShard(shard)
                                .build())
                        .forEachRemaining(batch -> rows.addAll(batch.getRowsList()));
            }
            assertThat(rows).hasSize(points.length);
            assertThat(rows)
                    .allMatch(row ->
                            map.nearestCell(VectorBytes.unpack(row.getRow().getVector()))
                                    == row.getRow().getCell());
        }
    }

    private static ControlCommand beginOne(ByteString digest) {
        return ControlCommand.newBuilder()
                .setEpoch(1)
                .setBeginGeneration(BeginGenerationOrder.newBuilder()
                        .setCollectionUuid(SPEC.getUuid())
                        .setGeneration(1)
                        .setCellMapDigest(digest))
                .build();
    }

    private static void putBlob(TestNode node, byte[] bytes, ByteString digest) {
        int half = bytes.length / 2;
        List<ByteString> chunks =
                List.of(ByteString.copyFrom(bytes, 0, half), ByteString.copyFrom(bytes, half, bytes.length - half));
        for (int i = 0; i < chunks.size(); i++) {
            node.rows()
                    .control(control(
                            0,
                            ControlCommand.newBuilder()
                                    .setEpoch(1)
                                    .setPutBlob(PutBlobOrder.newBuilder()
                                            .setDigest(digest)
                                            .setChunk(i)
                                            .setChunkCount(chunks.size())
                                            .setContent(chunks.get(i)))
                                    .build()));
        }
    }
}
