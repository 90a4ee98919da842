package io.voronode.shardnode.partition;

import static io.voronode.shardnode.partition.Requests.control;
import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static io.voronode.shardnode.partition.Requests.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ReadRequest;
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

/** How much of the log stays on the disk while snapshots come often, and more may be kept than is written. */
@Tag("slow")
class KeptLogTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    private static final PartitionLimits LIMITS = new PartitionLimits(
            1_000, 16 << 20, 8, 64 << 10, Duration.ofMinutes(10), 1_000, 1 << 30, 64 << 10, 16 << 20);
    private static final String PAYLOAD = "\"" + "x".repeat(2_000) + "\"";

    @TempDir
    private Path folder;

    private final List<TestNode> nodes = new ArrayList<>();

    @BeforeEach
    void form() {
        for (int i = 0; i < 3; i++) {
            nodes.add(new TestNode("node" + i, folder.resolve("node" + i), LIMITS));
        }
        PartitionTarget target = TestNode.target(
                0, nodes.get(0).peer(), nodes.get(1).peer(), nodes.get(2).peer());
        nodes.forEach(node -> node.host().ensure(target));
        TestNode.await("a leader", () -> nodes.stream().anyMatch(KeptLogTest::leads));
        leader().rows().control(control(0, createCollection(SPEC, 1)));
    }

    @AfterEach
    void close() {
        nodes.forEach(TestNode::close);
    }

    @Test
    void holdsOnlyWhatSomeFollowerLacks() {
        TestNode leader = leader();
        TestNode away =
                nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
        Position known = put(leader, 0, 50);
        TestNode.await("the first rows", () -> away.status(0).getPosition().getIndex() >= known.getIndex());
        away.stop();
        Position last = put(leader, 50, 400);
        TestNode.await("snapshots", () -> counters(leader).snapshots() >= 3);

        assertThat(leader.status(0).getLogFirstIndex()).isLessThanOrEqualTo(known.getIndex() + 1);
        assertThat(leader.status(0).getLogBytes()).isGreaterThan(350 * 2_000);
        away.startAgain();
        assertThat(away.rows()
                        .read(ReadRequest.newBuilder()
                                .setPartition(0)
                                .setCollectionUuid(SPEC.getUuid())
                                .addKeys("k399")
                                .setAtLeast(last)
                                .build())
                        .getRowsCount())
                .isEqualTo(1);
        assertThat(counters(away).snapshotInstalls()).isZero();

        Position more = put(leader, 400, 500);
        TestNode.await("a log without what all have", () -> leader.status(0).getLogFirstIndex() > last.getIndex());
        assertThat(leader.status(0).getLogBytes()).isLessThan(2L << 20);
        assertThat(more.getIndex()).isGreaterThanOrEqualTo(leader.status(0).getLogFirstIndex());
    }

    private TestNode leader() {
        return nodes.stream().filter(KeptLogTest::leads).findFirst().orElseThrow();
    }

    private static boolean leads(TestNode node) {
        return node.isRunning()
                && node.status(0).getLeader()
                && !node.status(0).getPosition().getLineage().isEmpty();
    }

    private static PartitionCounters counters(TestNode node) {
        return Objects.requireNonNull(node.host().counters().get(0));
    }

    private static Position put(TestNode leader, int from, int to) {
        Position position = Position.getDefaultInstance();
        for (int i = from; i < to; i++) {
            position = leader.rows()
                    .write(write(0, operations(SPEC, upsert(0, "k" + i, new float[] {i, 1}, PAYLOAD, stamp(0, 0, 0)))))
                    .getPosition();
        }
        return position;
    }
}
