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

import io.voronode.proto.internal.v1.BarrierRequest;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.ReadRequest;
import io.voronode.proto.internal.v1.ReadResponse;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.proto.internal.v1.WriteCode;
import io.voronode.proto.internal.v1.WriteResponse;
import io.voronode.wire.VectorBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class PartitionRestartTest {
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
    void formsAgainWhatACrashLeftHalfFormed() throws IOException {
        try (TestNode node = TestNode.withDefaults(folder)) {
            PartitionTarget target = TestNode.target(0, node.peer());
            String group = GroupFiles.uuid(target).toString();
            Files.createDirectories(folder.resolve("raft").resolve(group).resolve("current"));
            Path mark = Files.createDirectories(folder.resolve("forming")).resolve(group);
            Files.write(mark, new byte[0]);

            node.host().ensure(target);

            node.awaitLeader(0);
            assertThat(mark).doesNotExist();
        }
    }

    @Test
    void opensWhatACrashLeftFormedWithoutATarget() throws IOException {
        try (TestNode node = TestNode.withDefaults(folder)) {
            PartitionTarget target = TestNode.target(0, node.peer());
            node.host().ensure(target);
            node.awaitLeader(0);
            node.rows().control(control(0, createCollection(SPEC, 1)));
            node.stop();
            String group = GroupFiles.uuid(target).toString();
            Files.move(
                    folder.resolve("formed").resolve(group),
                    folder.resolve("forming").resolve(group));
            Files.delete(folder.resolve("partitions").resolve("0").resolve("target"));

            node.startAgain();
            node.host().ensure(target);

            node.awaitLeader(0);
            assertThat(node.status(0).getCollectionsCount()).isEqualTo(1);
            assertThat(folder.resolve("forming").resolve(group)).doesNotExist();
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
}
