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

import io.grpc.Status;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.WriteOperation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong once does not stay wrong. */
class PartitionFailuresTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    private static final float[] HERE = {1, 2};

    @TempDir
    private Path folder;

    @Test
    void boundsTheWaitingBytesAfterARefusalForTooManyOperations() {
        PartitionLimits limits =
                new PartitionLimits(2, 100_000, 8, 64 << 20, Duration.ofMinutes(10), 1_000, 1 << 30, 32 << 20, 2_000);
        try (TestNode node = new TestNode("node", folder, limits)) {
            node.formAlone(0);
            node.rows().control(control(0, createCollection(SPEC, 1)));
            WriteOperation[] large = {large(0), large(1), large(2)};

            assertThat(writing(node, large)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            // Two operations may wait, but not of so many bytes.
            assertThat(writing(node, large(0), large(1))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(writing(node, large(0))).isEqualTo(Status.Code.OK);
        }
    }

    private static WriteOperation large(int ordinal) {
        return upsert(ordinal, "k" + ordinal, HERE, "\"" + "x".repeat(60_000) + "\"", stamp(0, 0, 0));
    }

    private static Status.Code writing(TestNode node, WriteOperation... writes) {
        Throwable error = catchThrowable(() -> node.rows().write(write(0, operations(SPEC, writes))));
        return error == null ? Status.Code.OK : Status.fromThrowable(error).getCode();
    }

    @Test
    void formsAPartitionWhoseTargetCouldNotBeKeptAtFirst() throws IOException {
        try (TestNode node = TestNode.withDefaults(folder)) {
            PartitionTarget target = TestNode.target(0, node.peer());
            Path obstacle = folder.resolve("partitions").resolve("0").resolve("target.tmp");
            Files.createDirectories(obstacle);
            assertThatThrownBy(() -> node.host().ensure(target)).isInstanceOf(UncheckedIOException.class);
            Files.delete(obstacle);

            node.host().ensure(target);
            node.awaitLeader(0);
            assertThat(new GroupFiles(folder).targets()).isEqualTo(List.of(target));
        }
    }

    @Test
    void opensAPartitionThatCouldNotBeOpenedAtFirst() throws IOException {
        try (TestNode node = TestNode.withDefaults(folder)) {
            node.formAlone(0);
            node.stop();
            Path store = folder.resolve("partitions").resolve("0").resolve("store");
            FolderFiles.rename(store, store.resolveSibling("elsewhere"));
            Files.writeString(store, "in the way");
            node.startAgain();
            assertThat(node.status(0).getFailure()).isNotEmpty();
            Files.delete(store);

            node.awaitLeader(0);
        }
    }
}
