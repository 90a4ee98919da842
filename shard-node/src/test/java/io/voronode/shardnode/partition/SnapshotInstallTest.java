package io.voronode.shardnode.partition;

import static io.voronode.shardnode.partition.Requests.control;
import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static io.voronode.shardnode.partition.Requests.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ReadRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A follower behind a slow line needs a snapshot, because it was away and the log went on without it. */
@Tag("slow")
class SnapshotInstallTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    /** Snapshots come often, and no log is kept for a follower that is away. */
    private static final PartitionLimits LIMITS =
            new PartitionLimits(1_000, 16 << 20, 8, 256 << 10, Duration.ofMinutes(10), 1_000, 1 << 30, 256 << 10, 1);
    /** Some seconds for the snapshot. */
    private static final long SLOW_BYTES_PER_SECOND = 3 << 20;

    /** Ratis takes 24 seconds to find out that an attempt has failed, as the first one does that finds nobody there. */
    private static final Duration SOME_ATTEMPTS = Duration.ofMinutes(2);

    private static final int LARGE = 20_000;
    private static final int SMALL = 2_000;

    @TempDir
    private Path folder;

    private final List<TestNode> nodes = new ArrayList<>();
    private final Random random = new Random(7);
    private CuttableProxy line;
    private TestNode away;
    private int nextKey;
    private volatile boolean writing;
    private volatile Position last = Position.getDefaultInstance();

    @BeforeEach
    void leaveAFollowerBehind() {
        for (int i = 0; i < 3; i++) {
            nodes.add(new TestNode("node" + i, folder.resolve("node" + i), LIMITS));
        }
        away = nodes.getLast();
        line = CuttableProxy.to(away.peer().getRaftAddress());
        PartitionTarget target = TestNode.target(
                0,
                nodes.get(0).peer(),
                nodes.get(1).peer(),
                away.peer().toBuilder().setRaftAddress(line.address()).build());
        nodes.forEach(node -> node.host().ensure(target));
        leader().rows().control(control(0, createCollection(SPEC, 1)));
        put(SMALL, 10);
        away.stop();
        put(LARGE, 300);
        TestNode.await(
                "a purge",
                () -> nodes.stream()
                        .filter(TestNode::isRunning)
                        .allMatch(node -> RaftFolders.firstLogIndex(node.folder()) > 50));
    }

    @AfterEach
    void close() throws IOException {
        writing = false;
        nodes.forEach(TestNode::close);
        line.close();
    }

    @Test
    void leavesNothingOfAnInstallThatBrokeOff() throws IOException {
        line.limit(SLOW_BYTES_PER_SECOND);
        away.startAgain();
        TestNode.await(SOME_ATTEMPTS, "a part of a snapshot", () -> RaftFolders.isInstalling(away.folder()));
        line.breakOff();
        assertThat(received()).hasSize(1);
        line.limit(Long.MAX_VALUE);

        TestNode.await(SOME_ATTEMPTS, "an install", () -> counters(away).snapshotInstalls() > 0);
        awaitLast();

        assertThat(received()).isEmpty();
    }

    @Test
    void catchesUpWhileWritersGoOn() throws InterruptedException {
        line.limit(SLOW_BYTES_PER_SECOND);
        Thread writer = Thread.ofVirtual().start(this::writeOn);
        away.startAgain();
        TestNode.await(SOME_ATTEMPTS, "an install", () -> counters(away).snapshotInstalls() > 0);
        long goal = last.getIndex();

        TestNode.await(
                "all that was written", () -> away.status(0).getPosition().getIndex() > goal);

        writing = false;
        writer.join();
        awaitLast();
        assertThat(counters(away).snapshotInstalls()).isLessThanOrEqualTo(2);
    }

    private List<Path> received() {
        try {
            return FolderFiles.list(folder.resolve("node2").resolve("raft")).stream()
                    .flatMap(group -> list(group.resolve("tmp")).stream())
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<Path> list(Path folder) {
        try {
            return FolderFiles.list(folder);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void writeOn() {
        writing = true;
        while (writing) {
            try {
                put(SMALL, 1);
                TimeUnit.MILLISECONDS.sleep(3);
            } catch (StatusRuntimeException e) {
                // The leader changes; the next one takes it.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void put(int payloadBytes, int count) {
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[payloadBytes * 3 / 4];
            random.nextBytes(bytes);
            String payload = "\"" + Base64.getEncoder().encodeToString(bytes) + "\"";
            String key = "k" + nextKey++;
            last = leader().rows()
                    .write(write(0, operations(SPEC, upsert(0, key, new float[] {i, 1}, payload, stamp(0, 0, 0)))))
                    .getPosition();
        }
    }

    /** Waits until the follower has all that was written. */
    private void awaitLast() {
        assertThat(away.rows()
                        .read(ReadRequest.newBuilder()
                                .setPartition(0)
                                .setCollectionUuid(SPEC.getUuid())
                                .addKeys("k" + (nextKey - 1))
                                .setAtLeast(last)
                                .build())
                        .getRowsCount())
                .isEqualTo(1);
    }

    private TestNode leader() {
        TestNode.await("a leader", () -> nodes.stream().anyMatch(SnapshotInstallTest::leads));
        return nodes.stream().filter(SnapshotInstallTest::leads).findFirst().orElseThrow();
    }

    /** The one behind the slow line does not; the first is preferred. */
    private static boolean leads(TestNode node) {
        return node.isRunning()
                && node.status(0).getLeader()
                && !node.status(0).getPosition().getLineage().isEmpty();
    }

    private static PartitionCounters counters(TestNode node) {
        return Objects.requireNonNull(node.host().counters().get(0));
    }
}
