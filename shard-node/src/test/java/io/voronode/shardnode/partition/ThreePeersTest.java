package io.voronode.shardnode.partition;

import static io.voronode.shardnode.partition.Requests.control;
import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static io.voronode.shardnode.partition.Requests.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.voronode.proto.internal.v1.BarrierRequest;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ReadRequest;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.ScanRequest;
import io.voronode.proto.internal.v1.WriteRequest;
import io.voronode.proto.internal.v1.WriteResponse;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class ThreePeersTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    /** Small files and few of them, so that a follower that was away needs a snapshot. */
    private static final PartitionLimits SMALL =
            new PartitionLimits(1_000, 16 << 20, 8, 64 << 10, Duration.ofMinutes(10), 1_000, 1 << 30, 64 << 10, 1);

    @TempDir
    private Path folder;

    private final List<TestNode> nodes = new ArrayList<>();

    @BeforeEach
    void form() {
        for (int i = 0; i < 3; i++) {
            nodes.add(new TestNode("node" + i, folder.resolve("node" + i), SMALL));
        }
        PartitionTarget target = TestNode.target(
                0, nodes.get(0).peer(), nodes.get(1).peer(), nodes.get(2).peer());
        nodes.forEach(node -> node.host().ensure(target));
        leader().rows().control(control(0, createCollection(SPEC, 1)));
    }

    @AfterEach
    void close() {
        nodes.forEach(TestNode::close);
    }

    private TestNode leader() {
        TestNode.await("a leader", () -> nodes.stream().anyMatch(ThreePeersTest::leads));
        return nodes.stream().filter(ThreePeersTest::leads).findFirst().orElseThrow();
    }

    private static boolean leads(TestNode node) {
        return node.isRunning()
                && node.status(0).getLeader()
                && !node.status(0).getPosition().getLineage().isEmpty();
    }

    private List<TestNode> followers(TestNode leader) {
        return nodes.stream().filter(node -> node != leader).toList();
    }

    @Test
    void doesNotAnswerABarrierWithoutAMajority() {
        TestNode leader = leader();
        leader.rows().barrier(BarrierRequest.newBuilder().setPartition(0).build());
        followers(leader).forEach(TestNode::stop);

        for (int i = 0; i < 3; i++) {
            Throwable error = catchThrowable(() -> leader.rows()
                    .barrier(BarrierRequest.newBuilder().setPartition(0).build()));
            assertThat(error).isInstanceOf(StatusRuntimeException.class);
            assertThat(Status.fromThrowable(error).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
        followers(leader).forEach(TestNode::startAgain);
        leader().rows().barrier(BarrierRequest.newBuilder().setPartition(0).build());
    }

    /** Followers that hear nothing of their leader wait for half a second at the least; a busy machine may be late once or twice. */
    @Test
    void handsTheLeadOverBeforeFollowersMissTheLeader() {
        put(leader(), 0, 1);
        Duration fastest = Duration.ofDays(1);
        for (int attempt = 0; attempt < 5 && fastest.toMillis() >= 450; attempt++) {
            TestNode old = leader();
            TestNode.await("all peers", () -> nodes.stream().allMatch(node -> reached(node, old)));
            long start = System.nanoTime();
            old.host().handOver(Duration.ofSeconds(3));
            TestNode.await("another leader", () -> followers(old).stream().anyMatch(ThreePeersTest::leads));
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            System.out.println("ThreePeersTest: the lead was handed over within " + took.toMillis() + " ms");
            fastest = took.compareTo(fastest) < 0 ? took : fastest;
            old.restart();
        }
        assertThat(fastest).isLessThan(Duration.ofMillis(450));
        put(leader(), 1, 10);
    }

    private static boolean reached(TestNode node, TestNode leader) {
        return node.status(0).getPosition().getIndex()
                >= leader.status(0).getPosition().getIndex();
    }

    @Test
    void namesTheLeaderToWhoeverWritesElsewhere() {
        TestNode leader = leader();
        TestNode follower = followers(leader).getFirst();
        TestNode.await(
                "the leader's name", () -> follower.status(0).getLeaderNode().equals(leader.name()));

        Throwable error = catchThrowable(() ->
                follower.rows().write(write(0, operations(SPEC, upsert(0, "a", new float[] {1, 2}, stamp(0, 0, 0))))));

        assertThat(Statuses.fromGrpc(error)).isInstanceOf(VoronodeException.NotLeader.class);
        assertThat(((VoronodeException.NotLeader) Statuses.fromGrpc(error)).leader())
                .isEqualTo(leader.name());
    }

    @Test
    void answersARepeatedRequestThroughTheNextLeaderWithoutApplyingItAgain() {
        TestNode leader = leader();
        WriteRequest request = write(0, operations(SPEC, upsert(0, "once", new float[] {1, 2}, stamp(0, 0, 0))));
        WriteResponse first = leader.rows().write(request);
        put(leader, 0, 1);
        leader.stop();

        TestNode next = leader();
        WriteResponse repeated = next.rows().write(request);

        assertThat(next).isNotSameAs(leader);
        assertThat(repeated.getResultsList()).isEqualTo(first.getResultsList());
        assertThat(rows(next, repeated.getPosition()))
                .filteredOn(row -> row.getKey().equals("once"))
                .extracting(Row::getVersion)
                .containsExactly(first.getResults(0).getVersion());
        leader.startAgain();
    }

    @Test
    void servesFromAFollowerWhatThePositionAsksFor() {
        Position written = put(leader(), 0, 1);
        for (TestNode node : nodes) {
            assertThat(node.rows()
                            .read(ReadRequest.newBuilder()
                                    .setPartition(0)
                                    .setCollectionUuid(SPEC.getUuid())
                                    .addKeys("k0")
                                    .setAtLeast(written)
                                    .build())
                            .getRowsList())
                    .hasSize(1);
        }
    }

    @Test
    void saysThatNobodyKnowsHowOldItsRowsAreBeforeItHasHeardFromALeader() {
        TestNode leader = leader();
        TestNode follower = followers(leader).getFirst();
        put(leader, 0, 1);
        TestNode.await("the rows", () -> reached(follower, leader));
        TestNode.await("rows that are up to date", () -> lagMs(follower) < 2_000);
        assertThat(lagMs(leader)).isZero();

        long index = follower.status(0).getPosition().getIndex();
        nodes.forEach(TestNode::stop);
        follower.startAgain();
        TestNode.await("its rows", () -> follower.status(0).getPosition().getIndex() >= index);
        assertThat(lagMs(follower)).isEqualTo(Long.MAX_VALUE);

        nodes.stream().filter(node -> node != follower).forEach(TestNode::startAgain);
        TestNode.await("rows that are up to date again", () -> lagMs(follower) < 2_000);
    }

    private static long lagMs(TestNode node) {
        return node.rows()
                .read(ReadRequest.newBuilder()
                        .setPartition(0)
                        .setCollectionUuid(SPEC.getUuid())
                        .addKeys("k0")
                        .build())
                .getLagMs();
    }

    @Test
    void bringsAFollowerUpToDateThatNeedsASnapshot() {
        TestNode leader = leader();
        TestNode away = followers(leader).getFirst();
        put(leader, 0, 50);
        away.stop();
        Position last = put(leader, 50, 600);
        TestNode.await("a purge", () -> logStart(leader) > 100);

        away.startAgain();

        assertThat(rows(away, last)).isEqualTo(rows(leader(), last));
        assertThat(counters(away).snapshotInstalls()).isPositive();
        assertThat(counters(leader).snapshotInstalls()).isZero();
        assertThat(counters(leader).snapshots()).isPositive();
        assertThat(counters(leader).rowsWritten()).isEqualTo(600);
        away.restart();
        Position more = put(leader(), 600, 620);
        assertThat(rows(away, more)).isEqualTo(rows(leader(), more));
    }

    private static Position put(TestNode leader, int from, int to) {
        Position position = Position.getDefaultInstance();
        for (int i = from; i < to; i++) {
            position = leader.rows()
                    .write(write(
                            0,
                            operations(
                                    SPEC,
                                    upsert(
                                            0,
                                            "k" + i,
                                            new float[] {i, 1},
                                            "\"" + "x".repeat(2_000) + "\"",
                                            stamp(0, 0, 0)))))
                    .getPosition();
        }
        return position;
    }

    private static PartitionCounters counters(TestNode node) {
        return Objects.requireNonNull(node.host().counters().get(0));
    }

    private static long logStart(TestNode node) {
        return RaftFolders.firstLogIndex(node.folder());
    }

    private static List<Row> rows(TestNode node, Position atLeast) {
        return node.rows()
                .scan(ScanRequest.newBuilder()
                        .setPartition(0)
                        .setCollectionUuid(SPEC.getUuid())
                        .setLimit(1_000)
                        .setWithVector(true)
                        .setWithPayload(true)
                        .setAtLeast(atLeast)
                        .build())
                .getRowsList();
    }
}
