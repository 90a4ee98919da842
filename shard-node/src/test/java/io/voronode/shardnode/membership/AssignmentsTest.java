package io.voronode.shardnode.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.proto.internal.v1.Endpoints;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AssignmentsTest {
    @TempDir
    private Path folder;

    private static AssignRequest assignment(long epoch) {
        return AssignRequest.newBuilder().setEpoch(epoch).setNode("a").build();
    }

    private static PartitionPeer peer(String node) {
        return PartitionPeer.newBuilder().setNode(node).build();
    }

    private static NodeLiveness live(String node, String address) {
        return NodeLiveness.newBuilder()
                .setNode(node)
                .setEndpoints(Endpoints.newBuilder().setRpc(address))
                .build();
    }

    @Test
    void anAssignmentOutlivesTheProcess() {
        new Assignments("a", folder).take(assignment(7));

        assertThat(new Assignments("a", folder).current()).isEqualTo(assignment(7));
    }

    @Test
    void anOlderControllerIsRefusedEvenAfterARestart() {
        new Assignments("a", folder).take(assignment(7));
        Assignments restarted = new Assignments("a", folder);

        assertThatThrownBy(() -> restarted.take(assignment(6)))
                .isInstanceOfSatisfying(
                        VoronodeException.Conflict.class,
                        e -> assertThat(e.reason()).isEqualTo(VoronodeException.Reason.STALE_EPOCH))
                .hasMessage("epoch 6 < 7 of this node");
        assertThat(restarted.current()).isEqualTo(assignment(7));
    }

    @Test
    void anAssignmentForAnotherNodeIsRefused() {
        assertThatThrownBy(() -> new Assignments("b", folder).take(assignment(1)))
                .isInstanceOf(VoronodeException.BadInput.class)
                .hasMessage("assignment for node \"a\" reached node \"b\"");
    }

    @Test
    void anotherClustersAssignmentIsRefusedWhilePartitionsOfThisOneAreHere() {
        Assignments assignments = new Assignments("a", folder);
        AssignRequest mine = inCluster(1, "cluster-1").toBuilder()
                .addPartitions(PartitionTarget.getDefaultInstance())
                .build();
        assignments.take(inCluster(1, "cluster-0"));
        assignments.take(mine);

        assertThatThrownBy(() -> assignments.take(inCluster(2, "cluster-2")))
                .isInstanceOf(VoronodeException.Conflict.class)
                .hasMessage("node \"a\" holds partitions of cluster 636c75737465722d31; "
                        + "it takes no assignment of cluster 636c75737465722d32");
        assertThat(assignments.current()).isEqualTo(mine);
        assignments.take(assignment(3));
    }

    @Test
    void anAssignmentByALaterLayoutOfTheTreeIsRefused() {
        Assignments assignments = new Assignments("a", folder);
        AssignRequest later = assignment(1).toBuilder()
                .setFormat(ClusterFormat.newBuilder().setLayoutVersion(ClusterTree.LAYOUT_VERSION + 1))
                .build();

        assertThatThrownBy(() -> assignments.take(later))
                .isInstanceOf(VoronodeException.BadInput.class)
                .hasMessage("an assignment by layout version 2 reached node \"a\", which knows only 1: "
                        + "use the version that sent it");
        assertThat(assignments.current()).isEqualTo(AssignRequest.getDefaultInstance());
    }

    private static AssignRequest inCluster(long epoch, String uuid) {
        return assignment(epoch).toBuilder()
                .setFormat(ClusterFormat.newBuilder().setClusterUuid(ByteString.copyFromUtf8(uuid)))
                .build();
    }

    @Test
    void aDamagedAssignmentCountsAsNone() throws Exception {
        new Assignments("a", folder).take(assignment(7));
        byte[] content = Files.readAllBytes(folder.resolve("assignment"));
        content[content.length - 1] ^= 1;
        Files.write(folder.resolve("assignment"), content);

        assertThat(new Assignments("a", folder).current()).isEqualTo(AssignRequest.getDefaultInstance());
    }

    @Test
    void holdersAreThisNodeThenThePreferredLeaderThenOthers() {
        AssignRequest request = assignment(1).toBuilder()
                .addAllPartitions(PartitionTarget.newBuilder()
                        .setPartition(3)
                        .addPeers(peer("b"))
                        .addPeers(peer("c"))
                        .addPeers(peer("a"))
                        .setPreferredLeader("c"))
                .addAllPartitions(PartitionTarget.newBuilder()
                        .setPartition(4)
                        .addPeers(peer("b"))
                        .addPeers(peer("c"))
                        .addPeers(peer("gone"))
                        .setPreferredLeader("c"))
                .addNodes(live("a", "old-address:1"))
                .addNodes(live("b", "b:1"))
                .addNodes(live("c", "c:1"))
                .build();
        AssignedDirectory directory = new AssignedDirectory("a", () -> "a:2", () -> request);

        assertThat(directory.rpcAddresses(3)).containsExactly("a:2", "c:1", "b:1");
        assertThat(directory.rpcAddresses(4)).containsExactly("c:1", "b:1");
        assertThat(directory.rpcAddresses(5)).isEmpty();
    }

    @Test
    void theWorkerTriesAgainWhatFailedAndDoesNothingBeforeTheFirstAssignment() throws Exception {
        Assignments assignments = new Assignments("a", folder);
        CountDownLatch passes = new CountDownLatch(2);
        try (AssignmentWorker worker = new AssignmentWorker(assignments, assignment -> {
            assertThat(assignment.getEpoch()).isEqualTo(5);
            passes.countDown();
            throw new VoronodeException.Unavailable("not now");
        })) {
            worker.wake();
            assignments.take(assignment(5));
            worker.wake();

            assertThat(passes.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
