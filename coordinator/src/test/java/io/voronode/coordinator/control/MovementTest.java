package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.image.Versioned;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.proto.v1.RebalanceMode;
import io.voronode.proto.v1.RebalanceRequest;
import io.voronode.proto.v1.RebalanceResponse;
import io.voronode.proto.v1.ReplicaMove;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.NotFound;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MovementTest extends ControlTest {
    @Test
    void aNewNodeGetsItsShareOfThePartitionsOneVoterAtATime() {
        ControlPlane plane = plane(8, 1, "n1");

        bed.nodes.addNode("n2", "z1");

        await(plane, tree -> atRest(tree) && count(tree, "n1") == 4 && count(tree, "n2") == 4);
        bed.nodes.partitions().forEach(partition -> assertOneAtATime(partition.voters));
        assertThat(bed.nodes.mostGrowing).isBetween(1, 2);
        ControlBed.eventually(() -> bed.nodes.node("n1").assigned().getPartitionsCount() == 4);
    }

    @Test
    void aDrainedNodeGivesAllItHoldsAwayAndGetsNothingBackBeforeItIsUndrained() {
        ControlPlane plane = plane(4, 3, "n1", "n2", "n3", "n4");
        plane.collections().create(ControlBed.config("c"), ControlBed.NO_ID, ControlBed.SOON);
        String drained = shards(plane.images().tree()).getFirst().getReplicas(0);

        admin(plane).drain(drained);

        await(plane, tree -> atRest(tree) && count(tree, drained) == 0);
        ControlBed.eventually(() ->
                holdings(plane).partitions(drained) == 0 && holdings(plane).shards(drained) == 0);
        assertThat(targets(plane.images().tree())).allMatch(target -> target.getPeersCount() == 3);
        bed.nodes.partitions().forEach(partition -> assertOneAtATime(partition.voters));
        bed.nodes.awaitDescribes(12);
        assertThat(count(plane.images().tree(), drained)).isZero();

        admin(plane).undrain(drained);
        await(plane, tree -> atRest(tree) && count(tree, drained) >= 2);
    }

    @Test
    void theLastCopyMovesOnceItsSuccessorLeads() {
        ControlPlane plane = plane(2, 3, "n1");
        bed.nodes.addNode("n2", "z2");
        ControlBed.await(plane, image -> image.rpcAddress("n2").isPresent());

        admin(plane).drain("n1");

        await(plane, tree -> atRest(tree) && count(tree, "n1") == 0 && count(tree, "n2") == 2);
        assertThat(targets(plane.images().tree()))
                .allMatch(target -> target.getPreferredLeader().equals("n2"));
        bed.nodes.partitions().forEach(partition -> assertThat(partition.voters).hasSize(3));
    }

    @Test
    void aDrainThatHasNowhereToGoWaitsAndSaysWhatForAndKeepsEveryCopy() {
        ControlPlane plane = plane(2, 3, "n1", "n2", "n3");

        admin(plane).drain("n1");

        bed.nodes.awaitDescribes(12);
        TreeSnapshot tree = plane.images().tree();
        assertThat(targets(tree)).allMatch(target -> target.getPeersCount() == 3);
        Reports reports = probe(plane).ask(tree.live().values());
        assertThat(new Operations(tree, reports).list())
                .anySatisfy(operation -> assertThat(operation.getDetail()).contains("another node is needed"));
    }

    @ParameterizedTest
    @EnumSource(
            value = RebalanceMode.class,
            names = {"REBALANCE_MODE_PAUSED", "REBALANCE_MODE_ABORTED"})
    void aNodeThatStaysAwayIsReplacedAfterTheGraceAndDeletesWhatItHeldWhenItComesBack(RebalanceMode mode) {
        ControlPlane plane = plane(3, 3, "n1", "n2", "n3", "n4");
        String away = targets(plane.images().tree()).getFirst().getPeers(0).getNode();
        rebalance(plane, mode);

        bed.nodes.node(away).silent = true;

        await(plane, tree -> atRest(tree) && count(tree, away) == 0);
        bed.nodes.node(away).silent = false;
        ControlBed.eventually(() -> holdings(plane).partitions(away) == 0);
    }

    @Test
    void aGroupOfTwoKeepsBothCopiesWhileTheThirdNodeIsLost() throws Exception {
        ControlPlane plane = plane(1, 3, "n1", "n2", "n3");
        bed.nodes.node("n3").silent = true;
        bed.nodes.awaitDescribes(3);

        goOnWithout(plane, "n3");

        bed.nodes.awaitDescribes((int) (3 * ControlBed.NODE_GRACE.dividedBy(ControlBed.QUICK.idle())));
        assertThat(targets(plane.images().tree()).getFirst().getPeersList())
                .extracting(PartitionPeer::getNode)
                .containsExactlyInAnyOrder("n1", "n2");
        assertThat(bed.nodes.partition(0).voters.getLast()).hasSize(2);
    }

    /** As after a disk that was replaced and a node that then went away. */
    private void goOnWithout(ControlPlane plane, String node) throws Exception {
        PartitionTarget target = targets(plane.images().tree()).getFirst();
        PartitionTarget two = target.toBuilder()
                .clearPeers()
                .addAllPeers(target.getPeersList().stream()
                        .filter(peer -> !peer.getNode().equals(node))
                        .toList())
                .build();
        bed.nodes.partition(0).voters.add(Set.copyOf(Peers.voterIds(two)));
        bed.client.setData().forPath(bed.paths.partitionTarget(0), ClusterTree.encode(two));
    }

    @Test
    void aNodeThatWasTheOnlyOneIsDrainedWhenTwoOthersHaveCome() {
        ControlPlane plane = plane(2, 3, "n1");
        admin(plane).drain("n1");

        bed.nodes.addNode("n2", "z1");
        bed.nodes.addNode("n3", "z1");

        await(plane, tree -> atRest(tree) && count(tree, "n1") == 0);
    }

    @Test
    void aNodeThatDiesDuringADrainDoesNotHoldItUp() {
        ControlPlane plane = plane(2, 3, "n1", "n2", "n3", "n4", "n5");
        PartitionTarget target = targets(plane.images().tree()).getFirst();
        String drained = target.getPeers(2).getNode();
        String dying = target.getPeers(0).getNode();
        bed.nodes.refuseVoters = true;
        admin(plane).drain(drained);
        await(plane, tree -> !atRest(tree));
        bed.nodes.node(dying).silent = true;
        bed.nodes.refuseVoters = false;

        await(plane, tree -> atRest(tree) && count(tree, drained) == 0 && count(tree, dying) == 0);
        bed.nodes.partitions().forEach(partition -> assertOneAtATime(partition.voters));
    }

    @Test
    void aNodeIsNotToldThatItLeftWhereTheTreeAloneSaysSo() throws Exception {
        ControlPlane plane = plane(1, 3, "n1", "n2", "n3");
        FakeNode third = bed.nodes.node("n3");
        PartitionTarget target = targets(plane.images().tree()).getFirst();
        PartitionTarget old = target.toBuilder()
                .clearPeers()
                .addAllPeers(target.getPeersList().stream()
                        .filter(peer -> !peer.getNode().equals("n3"))
                        .toList())
                .build();

        bed.client.setData().forPath(bed.paths.partitionTarget(0), ClusterTree.encode(old));

        ControlBed.eventually(() -> third.assigned().getPartitionsCount() == 0);
        bed.nodes.awaitDescribes(12);
        assertThat(third.assigned().getLeftGroupsList()).isEmpty();
        assertThat(holdings(plane).partitions("n3")).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0}, applied: {1}")
    @CsvSource({"CHANGE_PEERS,false", "CHANGE_PEERS,true", "ASSIGN,false"})
    void theNextControllerGoesOnWithAMoveThatOneDiedIn(String event, boolean applied) throws Exception {
        ControlPlane first = plane(2, 1, "n1");
        bed.nodes.addNode("n2", "z1");
        CountDownLatch died = bed.nodes.trap(event, applied);
        admin(first).drain("n1");
        assertThat(died.await(ControlBed.SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        first.close();
        bed.nodes.heal();

        ControlPlane second = bed.plane("b", 2, 1, 1);

        await(second, tree -> atRest(tree) && count(tree, "n1") == 0 && count(tree, "n2") == 2);
        bed.nodes.partitions().forEach(partition -> assertOneAtATime(partition.voters));
    }

    @Test
    void pausedNothingMovesAndAbortedWhatMovesIsGivenUp() {
        ControlPlane plane = plane(4, 1, "n1");
        rebalance(plane, RebalanceMode.REBALANCE_MODE_PAUSED);
        bed.nodes.addNode("n2", "z1");
        ControlBed.await(plane, image -> image.rpcAddress("n2").isPresent());
        bed.nodes.awaitDescribes(12);
        assertThat(count(plane.images().tree(), "n2")).isZero();

        bed.nodes.refuseVoters = true;
        rebalance(plane, RebalanceMode.REBALANCE_MODE_RUNNING);
        await(plane, tree -> !atRest(tree));
        rebalance(plane, RebalanceMode.REBALANCE_MODE_ABORTED);
        await(plane, MovementTest::atRest);
        bed.nodes.awaitDescribes(12);
        assertThat(count(plane.images().tree(), "n2")).isZero();

        bed.nodes.refuseVoters = false;
        rebalance(plane, RebalanceMode.REBALANCE_MODE_RUNNING);
        await(plane, tree -> atRest(tree) && count(tree, "n2") == 2);
    }

    @Test
    void aDryRunTellsTheMovesAndMakesNone() {
        ControlPlane plane = plane(4, 1, "n1");
        rebalance(plane, RebalanceMode.REBALANCE_MODE_PAUSED);
        bed.nodes.addNode("n2", "z1");
        ControlBed.await(plane, image -> image.rpcAddress("n2").isPresent());

        RebalanceResponse plan = admin(plane)
                .rebalance(RebalanceRequest.newBuilder().setDryRun(true).build());

        assertThat(plan.getMode()).isEqualTo(RebalanceMode.REBALANCE_MODE_PAUSED);
        assertThat(plan.getMovesList())
                .hasSize(2)
                .allMatch(move -> move.getFrom().equals("n1") && move.getTo().equals("n2"))
                .extracting(ReplicaMove::getGroup)
                .allMatch(group -> group.startsWith("partition "));
        assertThat(count(plane.images().tree(), "n2")).isZero();
    }

    @Test
    void aNodeWhoseShardIsSearchedMuchGivesOthersAway() {
        ControlPlane plane = plane(1, 1, "n1", "n2");
        plane.collections()
                .create(
                        ControlBed.config("c").toBuilder()
                                .setShards(16)
                                .setIndexReplicas(1)
                                .build(),
                        ControlBed.NO_ID,
                        ControlBed.SOON);
        bed.nodes.addRows(plane.images().current().collection("c").spec().getUuid(), 3_000);
        ControlBed.await(plane, "c", c -> c.getServingGeneration() == 1 && c.getGenerationsCount() == 1);
        String busy = hottest(plane.images().tree());
        await(plane, tree -> shardsOf(tree, busy) == 8);
        for (int shard = 15; shard >= 0; shard--) {
            bed.nodes.searchLoads.put(shard, shard == 0 ? 0.6f : 0);
        }

        await(
                plane,
                tree -> shardsOf(tree, busy) == 6 && shards(tree).stream().allMatch(t -> t.getBuildingCount() == 0));
        assertThat(hottest(plane.images().tree())).isEqualTo(busy);
        bed.nodes.awaitDescribes(12);
        assertThat(shardsOf(plane.images().tree(), busy)).isEqualTo(6);

        bed.nodes.searchLoads.clear();
        bed.nodes.awaitDescribes(12);
        assertThat(shardsOf(plane.images().tree(), busy))
                .as("what nobody tells is as it was")
                .isEqualTo(6);
        bed.nodes.searchLoads.put(0, 0f);
        await(plane, tree -> shardsOf(tree, busy) == 8);
    }

    private static String hottest(TreeSnapshot tree) {
        return shards(tree).getFirst().getReplicas(0);
    }

    private static long shardsOf(TreeSnapshot tree, String node) {
        return shards(tree).stream()
                .filter(target -> target.getReplicasList().contains(node))
                .count();
    }

    @Test
    void theRateOfScansReachesTheNodes() {
        ControlPlane plane = plane(1, 1, "n1");

        admin(plane)
                .rebalance(RebalanceRequest.newBuilder()
                        .setScanBytesPerSecond(8 << 20)
                        .build());

        ControlBed.eventually(() -> bed.nodes.node("n1").assigned().getScanBytesPerSecond() == 8 << 20);
        assertThatThrownBy(() -> admin(plane)
                        .rebalance(RebalanceRequest.newBuilder()
                                .setScanBytesPerSecond(1_000)
                                .build()))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("1000");
    }

    @Test
    void aNodeIsRemovedOnceItIsEmptyOrSaidToBeLost() {
        ControlPlane plane = plane(1, 1, "n1", "n2");
        String holder = targets(plane.images().tree()).getFirst().getPeers(0).getNode();
        String other = holder.equals("n1") ? "n2" : "n1";
        ClusterAdmin admin = admin(plane);

        assertThatThrownBy(() -> admin.remove(holder, false))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("drain it first");
        assertThatThrownBy(() -> admin.remove(holder, true))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("lives");
        assertThatThrownBy(() -> admin.remove("n7", true)).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> admin.drain("../n1")).isInstanceOf(NotFound.class);
        bed.nodes.refuseVoters = true;
        admin.drain(holder);
        assertThatThrownBy(() -> admin.remove(holder, false))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("still holds");
        bed.nodes.refuseVoters = false;
        await(plane, tree -> atRest(tree) && count(tree, other) == 1);
        ControlBed.eventually(() -> holdings(plane).partitions(holder) == 0);

        admin.remove(holder, false);
        admin.remove(holder, false);
        assertThatThrownBy(() -> admin.undrain(holder))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("removed");
    }

    // ---- what a cluster is made of

    /** A cluster of these nodes, in one zone, with every partition where it should be. */
    private ControlPlane plane(int partitions, int replication, String... nodes) {
        ControlPlane plane = bed.plane("a", partitions, nodes.length, replication);
        for (String node : nodes) {
            bed.nodes.addNode(node, "z1");
        }
        ControlBed.await(plane, ClusterImage::formed);
        return plane;
    }

    private ClusterAdmin admin(ControlPlane plane) {
        return new ClusterAdmin(new ClusterOrders(bed.client, bed.paths), plane.images(), probe(plane));
    }

    private NodeProbe probe(ControlPlane plane) {
        return new NodeProbe(bed.channels, () -> plane.images().tree().live().values());
    }

    private void rebalance(ControlPlane plane, RebalanceMode mode) {
        admin(plane).rebalance(RebalanceRequest.newBuilder().setMode(mode).build());
    }

    private Holdings holdings(ControlPlane plane) {
        TreeSnapshot tree = plane.images().tree();
        return new Holdings(tree, probe(plane).ask(tree.live().values()));
    }

    private static void await(ControlPlane plane, Predicate<TreeSnapshot> condition) {
        plane.images().awaitTree(condition, ControlBed.SOON);
    }

    private static boolean atRest(TreeSnapshot tree) {
        return !tree.partitions().isEmpty()
                && targets(tree).stream()
                        .allMatch(target -> target.getPeersCount() % 2 != 0
                                && target.getPeersList().stream().noneMatch(PartitionPeer::getJoining));
    }

    private static long count(TreeSnapshot tree, String node) {
        return targets(tree).stream()
                .filter(target -> target.getPeersList().stream()
                        .anyMatch(peer -> peer.getNode().equals(node)))
                .count();
    }

    private static List<PartitionTarget> targets(TreeSnapshot tree) {
        return tree.partitions().values().stream().map(Versioned::value).toList();
    }

    private static List<ShardTarget> shards(TreeSnapshot tree) {
        return tree.collections().values().stream()
                .flatMap(collection -> collection.generations().values().stream())
                .map(generation -> generation.shards().values())
                .flatMap(Collection::stream)
                .map(Versioned::value)
                .toList();
    }

    /** Each step has one voter more, or one less, and never fewer than at first. */
    private static void assertOneAtATime(List<Set<String>> voters) {
        for (int i = 1; i < voters.size(); i++) {
            Set<String> before = voters.get(i - 1);
            Set<String> after = voters.get(i);
            Set<String> larger = before.size() > after.size() ? before : after;
            Set<String> smaller = before.size() > after.size() ? after : before;
            assertThat(larger).hasSize(smaller.size() + 1).containsAll(smaller);
            assertThat(after.size()).isGreaterThanOrEqualTo(voters.getFirst().size());
        }
    }
}
