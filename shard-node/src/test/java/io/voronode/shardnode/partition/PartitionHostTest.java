package io.voronode.shardnode.partition;

import static io.voronode.shardnode.partition.Requests.control;
import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static io.voronode.shardnode.partition.Requests.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.BeginGenerationOrder;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.PutBlobOrder;
import io.voronode.proto.internal.v1.SamplePart;
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
import io.voronode.shardnode.cells.CellMaps;
import io.voronode.wire.Channels;
import io.voronode.wire.VectorBytes;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
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
    void saysSoWhenTheRaftPortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Channels channels = new Channels()) {
            PartitionHostConfig config = new PartitionHostConfig(
                    "node", folder, "127.0.0.1", taken.getLocalPort(), PartitionLimits.DEFAULTS);
            CellMaps maps = new CellMaps(folder.resolve("cells"), _ -> List.of(), channels);

            assertThatThrownBy(() -> PartitionHost.start(config, _ -> List.of(), maps, channels, WriteListener.NONE))
                    .isInstanceOf(VoronodeException.Unavailable.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void tellsOfEachWriteHowLongItWaitedAndOfEachEntryHowLongItTook() {
        int records = EntryPacker.MAX_OPERATIONS + 1;
        WriteOperation[] operations = IntStream.range(0, records)
                .mapToObj(i -> upsert(i, "key-" + i, HERE, S0))
                .toArray(WriteOperation[]::new);
        Queue<Long> waits = new ConcurrentLinkedQueue<>();
        Queue<Long> commits = new ConcurrentLinkedQueue<>();
        WriteListener listener = new WriteListener() {
            @Override
            public void proposed(long waitedNanos) {
                waits.add(waitedNanos);
            }

            @Override
            public void committed(long nanos) {
                commits.add(nanos);
            }
        };
        try (TestNode node = new TestNode("node", folder, PartitionLimits.DEFAULTS, Duration.ofSeconds(30), listener)) {
            node.formAlone(0);
            node.rows().control(control(0, createCollection(SPEC, 1)));
            long start = System.nanoTime();
            WriteResponse response = node.rows().write(write(0, operations(SPEC, operations)));
            long took = System.nanoTime() - start;

            assertThat(response.getResultsList()).hasSize(records);
            assertThat(waits).hasSize(1).allSatisfy(nanos -> assertThat(nanos).isBetween(0L, took));
            assertThat(commits)
                    .as("of the writes' two entries, not of the order")
                    .hasSize(2)
                    .allSatisfy(nanos -> assertThat(nanos).isBetween(1L, took));
        }
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
            long liveRows = 0;
            do {
                page = node.rows()
                        .scan(ScanRequest.newBuilder()
                                .setPartition(0)
                                .setCollectionUuid(SPEC.getUuid())
                                .setAfterKey(keys.isEmpty() ? "" : keys.getLast())
                                .setLimit(2)
                                .build());
                liveRows = keys.isEmpty() ? page.getLiveRows() : liveRows;
                page.getRowsList().forEach(row -> keys.add(row.getKey()));
            } while (page.getMore());

            assertThat(keys).containsExactly("a", "b", "c", "z", "é");
            assertThat(liveRows).isEqualTo(5);
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

    @Test
    void holdsAnEighthOfTheRowsOutOfTrainingForGood() {
        try (TestNode node = TestNode.withDefaults(folder)) {
            node.formAlone(0);
            node.rows().control(control(0, createCollection(SPEC, 1)));
            List<WriteOperation> writes = new ArrayList<>();
            for (int i = 0; i < 250; i++) {
                writes.add(upsert(i, "k" + i, new float[] {i, 0}, S0));
            }
            node.rows().write(write(0, operations(SPEC, writes.toArray(WriteOperation[]::new))));

            Set<String> training = keys(node, SamplePart.SAMPLE_PART_TRAINING, 250, 1);
            Set<String> heldOut = keys(node, SamplePart.SAMPLE_PART_HELD_OUT, 250, 2);
            assertThat(heldOut).hasSizeBetween(16, 48).doesNotContainAnyElementsOf(training);
            assertThat(training).hasSize(250 - heldOut.size());
            assertThat(keys(node, SamplePart.SAMPLE_PART_HELD_OUT, 250, 3)).isEqualTo(heldOut);
            assertThat(keys(node, SamplePart.SAMPLE_PART_HELD_OUT, 10, 4))
                    .hasSizeBetween(2, 20)
                    .isSubsetOf(heldOut);
        }
    }

    private static Set<String> keys(TestNode node, SamplePart part, int count, long seed) {
        Set<String> keys = new HashSet<>();
        node.rows()
                .sample(SampleRequest.newBuilder()
                        .setPartition(0)
                        .setCollectionUuid(SPEC.getUuid())
                        .setCount(count)
                        .setSeed(seed)
                        .setPart(part)
                        .setWithKeys(true)
                        .build())
                .forEachRemaining(batch -> {
                    assertThat(batch.getKeysCount()).isEqualTo(batch.getVectorsCount());
                    keys.addAll(batch.getKeysList());
                });
        return keys;
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
