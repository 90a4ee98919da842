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
import io.voronode.proto.internal.v1.BarrierCommand;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.WriteOperation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.CodeInjectionForTesting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong once does not stay wrong. */
class PartitionFailuresTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    private static final float[] HERE = {1, 2};
    private static final String RATIS_START_COMPLETE = "RaftServerImpl.startComplete";

    @TempDir
    private Path folder;

    @Test
    void boundsTheWaitingBytesAfterARefusalForTooManyOperations() {
        PartitionLimits limits = new PartitionLimits(
                2, 100_000, 8, 64 << 20, Duration.ofMinutes(10), 1_000, 1 << 30, 32 << 20, 256 << 20);
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

    /** As when a leader's message reaches a division that is about to start. */
    @Test
    void opensAPartitionWhoseDivisionOpenedItsFilesAndThenFailedToStart() {
        AtomicBoolean failed = new AtomicBoolean();
        try (TestNode node = TestNode.withDefaults(folder)) {
            node.formAlone(0);
            node.stop();
            CodeInjectionForTesting.put(RATIS_START_COMPLETE, (local, remote, arguments) -> {
                if (failed.compareAndSet(false, true)) {
                    throw new IllegalStateException("fails once");
                }
                return false;
            });
            node.startAgain();
            assertThat(failed).isTrue();

            node.awaitLeader(0);
        } finally {
            CodeInjectionForTesting.remove(RATIS_START_COMPLETE);
        }
    }

    /** As on a full disk: Ratis cannot write the vote of an election, and leaves an empty file in the place of the last one. */
    @Test
    void leadsAgainWhereTheVoteOfAnElectionCouldNotBeWritten() throws IOException {
        try (TestNode node = TestNode.withDefaults(folder)) {
            node.formAlone(0);
            long term = node.status(0).getTerm();
            node.stop();
            Path votes = LogFiles.of(folder).getLast().resolveSibling("raft-meta");
            Path inTheWay = votes.resolveSibling("raft-meta.tmp");
            CodeInjectionForTesting.put(RATIS_START_COMPLETE, (local, remote, arguments) -> {
                try {
                    Files.createDirectory(inTheWay);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return false;
            });
            node.startAgain();
            CodeInjectionForTesting.remove(RATIS_START_COMPLETE);
            TestNode.await("a failure", () -> node.status(0).getFailure().contains("votes"));
            Files.write(votes, new byte[0]);
            Files.delete(inTheWay);

            node.awaitLeader(0);
            assertThat(node.status(0).getDamage()).isEmpty();
            // That of the election that failed is not used again.
            assertThat(node.status(0).getTerm()).isGreaterThan(term + 1);
        } finally {
            CodeInjectionForTesting.remove(RATIS_START_COMPLETE);
        }
    }

    /** As on a full disk. */
    @Test
    void leadsAgainWhereTheLogFailedBeforeAllWasApplied() throws IOException {
        try (TestNode node = TestNode.withDefaults(folder)) {
            node.formAlone(0);
            PartitionReplica replica = node.host().replica(0);
            RaftServer.Division division =
                    Objects.requireNonNull(replica.division().open());
            CountDownLatch goOn = new CountDownLatch(1);
            // The thread that applies tells of it.
            var _ = barrier(replica).thenRun(() -> await(goOn, TestNode.PATIENCE));
            TestNode.await("a commit that is not applied", () -> {
                var _ = barrier(replica);
                return division.getRaftLog().getLastCommittedIndex()
                        > division.getInfo().getLastAppliedIndex();
            });
            division.getRaftLog().close();
            replica.machine().notifyLogFailed(new IOException("no space"), null);
            // Long enough for the keeper to begin to close the division.
            await(new CountDownLatch(1), Duration.ofSeconds(1));
            goOn.countDown();

            TestNode.await(
                    "another division", () -> !Objects.equals(replica.division().open(), division));
            node.awaitLeader(0);
        }
    }

    private static CompletableFuture<Proposal> barrier(PartitionReplica replica) {
        return replica.propose(PartitionEntry.newBuilder().setBarrier(BarrierCommand.getDefaultInstance()));
    }

    private static void await(CountDownLatch latch, Duration atMost) {
        try {
            var _ = latch.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
