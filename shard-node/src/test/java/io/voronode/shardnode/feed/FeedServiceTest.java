package io.voronode.shardnode.feed;

import static io.voronode.shardnode.partition.Requests.control;
import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.delete;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static io.voronode.shardnode.partition.Requests.write;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.voronode.proto.internal.v1.BarrierRequest;
import io.voronode.proto.internal.v1.BeginGenerationOrder;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.DescribePressureRequest;
import io.voronode.proto.internal.v1.EndGenerationOrder;
import io.voronode.proto.internal.v1.FeedCode;
import io.voronode.proto.internal.v1.FeedPressure;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.RowChange;
import io.voronode.proto.internal.v1.ScanShardRequest;
import io.voronode.proto.internal.v1.ScanShardResponse;
import io.voronode.proto.internal.v1.ScannedRow;
import io.voronode.proto.internal.v1.ShardChanges;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.shardnode.partition.PartitionLimits;
import io.voronode.shardnode.partition.Requests;
import io.voronode.shardnode.partition.TestNode;
import io.voronode.shardnode.partition.WriteListener;
import io.voronode.wire.VectorBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class FeedServiceTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    private static final ByteString UUID = SPEC.getUuid();

    /** Keeps the feed rows of few entries. */
    private static final PartitionLimits LIMITS =
            new PartitionLimits(8_192, 64 << 20, 8, 64 << 20, Duration.ofMinutes(10), 20, 1 << 30, 32 << 20, 256 << 20);

    @TempDir
    private Path folder;

    private TestNode node;

    @BeforeEach
    void form() {
        form(PartitionLimits.DEFAULTS);
    }

    private void form(PartitionLimits limits) {
        node = new TestNode("node", folder, limits);
        node.formAlone(0);
        node.rows().control(control(0, createCollection(SPEC, 1)));
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void tellsWhatBecameOfEachKeyAndGoesOn() {
        Position start = position();
        Follower follower = new Follower(node);
        follower.subscribe(1, UUID, 0, 0, start);
        put(upsert(0, "a", new float[] {1, 2}, "{\"p\":1}", stamp(0, 0, 0)));
        TestNode.await("a", () -> follower.changes(1).size() == 1);
        put(delete(0, "a"));
        TestNode.await("its removal", () -> follower.changes(1).size() == 2);

        RowChange added = follower.changes(1).getFirst();
        assertThat(added.getKey()).isEqualTo("a");
        assertThat(added.getRow().getVersion()).isEqualTo(added.getIndex());
        assertThat(added.getRow().getPayload()).isEqualTo("{\"p\":1}");
        assertThat(VectorBytes.unpack(added.getRow().getVector())).containsExactly(1, 2);
        assertThat(follower.changes(1).getLast().hasRemoved()).isTrue();
        assertThat(follower.error()).isNull();
        follower.end();
    }

    @Test
    void advancesShardsWithoutChangesAndIdlePartitions() {
        Follower follower = new Follower(node);
        follower.subscribe(1, UUID, 0, 7, position());
        TestNode.await("the first answer", () -> !follower.of(1).isEmpty());
        Position written = put(upsert(0, "a", new float[] {1, 2}, stamp(0, 0, 0)));
        TestNode.await("the position", () -> follower.position() >= written.getIndex());
        int soFar = follower.responses().size();
        TestNode.await("idle messages", () -> follower.responses().size() >= soFar + 2);

        assertThat(follower.changes(1)).isEmpty();
        follower.end();
    }

    @Test
    void endsSubscriptionsThatItCannotServe() {
        Position start = position();
        Follower follower = new Follower(node);
        follower.subscribe(1, UUID, 3, 0, start);
        follower.subscribe(2, ByteString.copyFrom(new byte[16]), 0, 0, start);
        follower.subscribe(3, UUID, 0, 0, start.toBuilder().setLineage(UUID).build());
        follower.subscribe(
                4,
                UUID,
                0,
                0,
                start.toBuilder().setIndex(start.getIndex() + 1_000).build());

        assertThat(follower.awaitEnd(1)).isEqualTo(FeedCode.FEED_CODE_UNKNOWN);
        assertThat(follower.awaitEnd(2)).isEqualTo(FeedCode.FEED_CODE_UNKNOWN);
        assertThat(follower.awaitEnd(3)).isEqualTo(FeedCode.FEED_CODE_REBUILD);
        assertThat(follower.awaitEnd(4)).isEqualTo(FeedCode.FEED_CODE_BEHIND);
        follower.end();
    }

    @Test
    void endsWithTheGeneration() {
        node.rows().control(control(0, begin(1)));
        Follower follower = new Follower(node);
        follower.subscribe(1, UUID, 0, 0, position());
        TestNode.await("the first answer", () -> !follower.of(1).isEmpty());
        node.rows().control(control(0, end(0)));

        assertThat(follower.awaitEnd(1)).isEqualTo(FeedCode.FEED_CODE_GENERATION_ENDED);
        follower.end();
    }

    @Test
    void tellsHowFarTheReplicasAreThatServeAndKeepUp() {
        Follower follower = new Follower(node);
        follower.subscribe(1, UUID, 0, 0, position());
        Position first = put(upsert(0, "a", new float[] {1, 2}, stamp(0, 0, 0)));
        TestNode.await("a", () -> follower.changes(1).size() == 1);
        assertThat(keptUpTo()).isEqualTo(-1);
        follower.acknowledgeServing(1, first.getIndex());
        TestNode.await("a follower that keeps up", () -> keptUpTo() >= first.getIndex());

        Position second = put(upsert(0, "b", new float[] {1, 2}, stamp(0, 0, 0)));
        TestNode.await("b", () -> follower.changes(1).size() == 2);
        assertThat(keptUpTo()).isBetween(first.getIndex(), second.getIndex() - 1);
        follower.acknowledge(1, second.getIndex());
        TestNode.await("nobody who serves", () -> keptUpTo() == -1);
        follower.end();
    }

    @Test
    void writersWaitForAServingReplicaThatStaysBehindWhileItLives() throws IOException {
        node.close();
        folder = Files.createDirectory(folder.resolve("impatient"));
        node = new TestNode("node", folder, PartitionLimits.DEFAULTS, Duration.ofSeconds(1), WriteListener.NONE);
        node.formAlone(0);
        node.rows().control(control(0, createCollection(SPEC, 1)));
        Follower follower = new Follower(node);
        follower.subscribe(1, UUID, 0, 0, position());
        Position first = put(upsert(0, "a", new float[] {1, 2}, stamp(0, 0, 0)));
        TestNode.await("a", () -> follower.changes(1).size() == 1);
        follower.acknowledgeServing(1, first.getIndex());
        TestNode.await("a follower that keeps up", () -> keptUpTo() >= first.getIndex());

        TestNode.await("a refusal", () -> {
            follower.acknowledgeServing(1, first.getIndex());
            return refused().contains("log entries) behind partition 0");
        });
        TestNode.await("the rest", () -> {
            follower.acknowledgeServing(1, follower.of(1).getLast().getUptoIndex());
            return refused().isEmpty();
        });

        // Nor do they wait for one that shows no life.
        TestNode.await("the death of the follower", () -> keptUpTo() == -1);
        TestNode.await("writes without it", () -> refused().isEmpty());
        follower.end();
    }

    /** Why a write was refused for the moment; empty: it was not. */
    private String refused() {
        try {
            put(upsert(0, "b", new float[] {1, 2}, stamp(0, 0, 0)));
            return "";
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            return String.valueOf(e.getStatus().getDescription());
        }
    }

    private long keptUpTo() {
        return node
                .rows()
                .describePressure(
                        DescribePressureRequest.newBuilder().addPartitions(0).build())
                .getFeedsList()
                .stream()
                .mapToLong(FeedPressure::getSlowestIndex)
                .findFirst()
                .orElse(-1);
    }

    @Test
    void sendsNoMoreThanTheWindowUntilAcknowledged() {
        Position start = position();
        String payload = "\"" + "x".repeat(60_000) + "\"";
        List<Position> written = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            written.add(put(upsert(0, "k" + i, new float[] {1, 2}, payload, stamp(0, 0, 0))));
        }
        Follower follower = new Follower(node);
        follower.subscribe(1, UUID, 0, 0, start);
        TestNode.await("a full window", () -> bytes(follower) >= Subscription.WINDOW_BYTES);
        assertThat(bytes(follower)).isLessThan(Subscription.WINDOW_BYTES + (1 << 20));

        int told = follower.of(1).size();
        for (int i = 0; i < 100; i++) {
            written.add(put(upsert(0, "later" + i, new float[] {1, 2}, stamp(0, 0, 0))));
        }
        TestNode.await(
                "the position", () -> follower.position() >= written.getLast().getIndex());
        assertThat(follower.of(1)).as("that it lags is said once").hasSizeLessThanOrEqualTo(told + 1);

        TestNode.await("everything", () -> {
            follower.acknowledge(1, follower.of(1).getLast().getUptoIndex());
            return follower.changes(1).size() == 400;
        });
        assertThat(follower.of(1).getLast().getUptoIndex())
                .isGreaterThanOrEqualTo(written.getLast().getIndex());
        follower.end();
    }

    private static long bytes(Follower follower) {
        return follower.changes(1).stream()
                .mapToLong(RowChange::getSerializedSize)
                .sum();
    }

    @Test
    void sendsTheRowsOfAnEntryThatAreLargerThanAMessageInParts() {
        Position start = position();
        String payload = "\"" + "x".repeat(60_000) + "\"";
        for (int i = 0; i < 100; i++) {
            put(upsert(0, "k" + i, new float[] {1, 2}, payload, stamp(0, 0, 0)));
        }
        node.rows().control(control(0, begin(1)));
        TestNode.await(
                "stamps",
                () -> node.status(0).getCollections(0).getGenerations(1).getUnstamped() == 0);
        Follower follower = new Follower(node);
        follower.subscribe(1, UUID, 1, 0, start);
        TestNode.await("all", () -> follower.changes(1).size() == 100);

        List<ShardChanges> messages = follower.of(1);
        long entry = follower.changes(1).getFirst().getIndex();
        assertThat(follower.changes(1)).allMatch(change -> change.getIndex() == entry);
        assertThat(messages.getFirst().getUptoIndex()).isEqualTo(entry - 1);
        assertThat(messages.getLast().getUptoIndex()).isGreaterThanOrEqualTo(entry);
        assertThat(messages.getLast().getStampedIndex()).isEqualTo(entry);
        follower.end();
    }

    @Test
    void asksForARebuildOnceFeedRowsAreGone() throws IOException {
        node.close();
        folder = Files.createDirectory(folder.resolve("trimming"));
        form(LIMITS);
        Position start = position();
        for (int i = 0; i < 60; i++) {
            put(upsert(0, "k" + i, new float[] {1, 2}, stamp(0, 0, 0)));
        }
        TestNode.await("a trim", () -> {
            Follower follower = new Follower(node);
            follower.subscribe(1, UUID, 0, 0, start);
            TestNode.await("an answer", () -> !follower.of(1).isEmpty());
            boolean rebuild = follower.of(1).getFirst().getCode() == FeedCode.FEED_CODE_REBUILD;
            follower.end();
            return rebuild;
        });
    }

    @Test
    void scansAShardInKeyOrderAndResumes() {
        node.rows().control(control(0, begin(1)));
        for (int i = 0; i < 50; i++) {
            put(upsert(0, "k" + (100 + i), new float[] {i, 2}, stamp(0, 0, 0), stamp(1, i % 2, i)));
        }
        List<String> keys = scan(1, "").stream().map(ScannedRow::getKey).toList();
        assertThat(keys).hasSize(25).isSorted();
        assertThat(scan(1, keys.get(9)).stream().map(ScannedRow::getKey))
                .containsExactlyElementsOf(keys.subList(10, 25));
        assertThat(scan(1, "")).allMatch(row -> row.getRow().getCell() % 2 == 1);
        assertThat(scan(5, "")).isEmpty();
    }

    private List<ScannedRow> scan(int shard, String afterKey) {
        List<ScanShardResponse> messages = new ArrayList<>();
        node.feedBlocking()
                .scanShard(ScanShardRequest.newBuilder()
                        .setPartition(0)
                        .setCollectionUuid(UUID)
                        .setGeneration(1)
                        .setShard(shard)
                        .setAfterKey(afterKey)
                        .build())
                .forEachRemaining(messages::add);
        assertThat(messages).isNotEmpty();
        assertThat(messages.getFirst().getPosition().getIndex()).isPositive();
        return messages.stream()
                .flatMap(message -> message.getRowsList().stream())
                .toList();
    }

    private Position put(WriteOperation... writes) {
        return node.rows().write(write(0, operations(SPEC, writes))).getPosition();
    }

    private Position position() {
        return node.rows()
                .barrier(BarrierRequest.newBuilder().setPartition(0).build())
                .getPosition();
    }

    private static ControlCommand begin(int generation) {
        return ControlCommand.newBuilder()
                .setEpoch(1)
                .setBeginGeneration(BeginGenerationOrder.newBuilder()
                        .setCollectionUuid(UUID)
                        .setGeneration(generation)
                        .setCellMapDigest(Requests.digest(Requests.single(SPEC))))
                .build();
    }

    private static ControlCommand end(int generation) {
        return ControlCommand.newBuilder()
                .setEpoch(1)
                .setEndGeneration(
                        EndGenerationOrder.newBuilder().setCollectionUuid(UUID).setGeneration(generation))
                .build();
    }
}
