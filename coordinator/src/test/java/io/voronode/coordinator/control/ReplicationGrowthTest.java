package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.image.Versioned;
import io.voronode.proto.internal.v1.MovementMode;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicationGrowthTest extends ControlTest {
    @Test
    void addsOneVoterAtATimeToEveryPartitionOnceThereAreThreeNodes() {
        ControlPlane plane = formed(bed.plane("a", 5));
        bed.nodes.addNode("n2", "z2");
        bed.nodes.awaitDescribes(8);
        assertThat(targets(plane.images().tree())).allMatch(target -> target.getPeersCount() == 1);

        bed.nodes.addNode("n3", "z3");
        awaitVoters(plane, 3);

        assertThat(targets(plane.images().tree())).allSatisfy(target -> {
            assertThat(target.getPeersList())
                    .extracting(PartitionPeer::getNode)
                    .startsWith("n1")
                    .containsExactlyInAnyOrder("n1", "n2", "n3");
            assertOneAtATime(bed.nodes.partition(target.getPartition()).voters, 3);
        });
        assertThat(targets(plane.images().tree()))
                .as("leaders are spread")
                .extracting(PartitionTarget::getPreferredLeader)
                .contains("n1", "n2", "n3");
        assertThat(bed.nodes.mostGrowing).isBetween(1, 2);
    }

    @Test
    void goesOnToFiveAndSpreadsTheNewOnesEvenly() {
        ControlPlane plane = formed(bed.plane("a", 6, 1, 5));
        for (int i = 2; i <= 4; i++) {
            bed.nodes.addNode("n" + i, "z" + i);
        }
        awaitVoters(plane, 3);
        List<String> added = new ArrayList<>();
        targets(plane.images().tree())
                .forEach(target -> target.getPeersList().forEach(peer -> added.add(peer.getNode())));
        for (int i = 2; i <= 4; i++) {
            assertThat(added).filteredOn(("n" + i)::equals).hasSize(4);
        }

        bed.nodes.addNode("n5", "z5");
        awaitVoters(plane, 5);

        bed.nodes.partitions().forEach(partition -> assertOneAtATime(partition.voters, 5));
    }

    @Test
    void leavesAReplicationOfOneAlone() {
        ControlPlane plane = formed(bed.plane("a", 2, 1, 1));
        bed.nodes.addNode("n2", "z2");
        bed.nodes.addNode("n3", "z3");

        bed.nodes.awaitDescribes(12);

        assertThat(targets(plane.images().tree())).allMatch(target -> target.getPeersCount() == 1);
    }

    @Test
    void beginsOnlyWhileAllActiveNodesAnswer() {
        ControlPlane plane = formed(bed.plane("a", 2));
        bed.nodes.addNode("n2", "z2").silent = true;
        bed.nodes.addNode("n3", "z3");
        FakeNode fourth = bed.nodes.addNode("n4", "z4");
        ControlBed.eventually(() -> fourth.assignments > 0);
        bed.nodes.awaitDescribes(9);
        assertThat(targets(plane.images().tree())).allMatch(target -> target.getPeersCount() == 1);

        node("n2").silent = false;

        awaitVoters(plane, 3);
    }

    @Test
    void doesNotCountAPeerBeforeTheLeaderDoes() {
        ControlPlane plane = formed(bed.plane("a", 1));
        bed.nodes.refuseVoters = true;
        bed.nodes.addNode("n2", "z2");
        bed.nodes.addNode("n3", "z3");

        awaitTarget(plane, target -> target.getPeersCount() == 2);
        bed.nodes.awaitDescribes(12);
        assertThat(targets(plane.images().tree()))
                .allMatch(target ->
                        target.getPeersCount() == 2 && target.getPeers(1).getJoining());
        assertThat(plane.images().current().partitionAddresses(0)).hasSize(1);

        bed.nodes.refuseVoters = false;
        awaitVoters(plane, 3);
        ControlBed.await(plane, image -> image.partitionAddresses(0).size() == 3);
    }

    @Test
    void givesUpAPeerThatStaysAwayAndTriesAgain() {
        ControlPlane plane = formed(bed.plane("a", 1));
        bed.nodes.refuseVoters = true;
        bed.nodes.addNode("n2", "z2");
        bed.nodes.addNode("n3", "z3");
        FakeNode joining = awaitJoining(plane);

        joining.silent = true;
        awaitTarget(plane, target -> target.getPeersCount() == 1);
        bed.nodes.refuseVoters = false;
        joining.silent = false;

        awaitVoters(plane, 3);
    }

    @Test
    void takesAnotherNodeForTheThirdVoterWhenTheOneThatShouldJoinStaysAway() {
        ControlPlane plane = formed(bed.plane("a", 1));
        bed.nodes.addNode("n2", "z2");
        bed.nodes.addNode("n3", "z3");
        bed.nodes.addNode("n4", "z4");
        CountDownLatch half = bed.nodes.trap("CHANGE_PEERS", true);
        ControlBed.eventually(() -> half.getCount() == 0);
        bed.nodes.refuseVoters = true;
        bed.nodes.heal();
        awaitTarget(plane, target -> target.getPeersCount() == 3);
        FakeNode joining = awaitJoining(plane);

        joining.silent = true;
        bed.nodes.refuseVoters = false;

        awaitVoters(plane, 3);
        assertThat(targets(plane.images().tree()).getFirst().getPeersList())
                .extracting(PartitionPeer::getNode)
                .doesNotContain(joining.name);
    }

    @ParameterizedTest(name = "dies at {0}, after it took effect: {1}")
    @CsvSource({"ASSIGN, false", "CHANGE_PEERS, false", "CHANGE_PEERS, true", "DESCRIBE, false"})
    void anotherControllerContinuesWhereOneDied(String event, boolean afterApplying) throws Exception {
        ControlPlane first = formed(bed.plane("first", 3));
        bed.nodes.addNode("n2", "z2");
        CountDownLatch died = bed.nodes.trap(event, afterApplying);
        bed.nodes.addNode("n3", "z3");
        assertThat(died.await(10, TimeUnit.SECONDS)).as("reached " + event).isTrue();
        first.close();
        bed.nodes.heal();

        ControlPlane second = bed.plane("second", 3);

        awaitVoters(second, 3);
        bed.nodes.partitions().forEach(partition -> assertOneAtATime(partition.voters, 3));
    }

    private ControlPlane formed(ControlPlane plane) {
        // Partitions that move to make nodes even would do so before they can grow.
        new ClusterOrders(bed.client, bed.paths)
                .changeMovement(movement -> movement.toBuilder()
                        .setMode(MovementMode.MOVEMENT_MODE_PAUSED)
                        .build());
        bed.nodes.addNode("n1", "z1");
        ControlBed.await(plane, ClusterImage::formed);
        return plane;
    }

    private FakeNode node(String name) {
        return bed.nodes.node(name);
    }

    /** The node that should join partition 0, once it has opened the group. */
    private FakeNode awaitJoining(ControlPlane plane) {
        awaitTarget(plane, target -> target.getPeersList().getLast().getJoining());
        FakeNode joining = node(targets(plane.images().tree())
                .getFirst()
                .getPeersList()
                .getLast()
                .getNode());
        ControlBed.eventually(() -> joining.assigned().getPartitionsCount() == 1);
        return joining;
    }

    private static void awaitTarget(ControlPlane plane, Predicate<PartitionTarget> condition) {
        plane.images().awaitTree(tree -> targets(tree).stream().anyMatch(condition), ControlBed.SOON);
    }

    private static void awaitVoters(ControlPlane plane, int count) {
        plane.images()
                .awaitTree(
                        tree -> !tree.partitions().isEmpty()
                                && targets(tree).stream()
                                        .allMatch(target -> target.getPeersCount() == count
                                                && target.getPeersList().stream()
                                                        .noneMatch(PartitionPeer::getJoining)),
                        ControlBed.SOON);
    }

    private static List<PartitionTarget> targets(TreeSnapshot tree) {
        return tree.partitions().values().stream().map(Versioned::value).toList();
    }

    private static void assertOneAtATime(List<Set<String>> voters, int count) {
        assertThat(voters).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(voters.get(i)).hasSize(i + 1);
            assertThat(voters.get(i)).containsAll(i == 0 ? Set.of() : Objects.requireNonNull(voters.get(i - 1)));
        }
    }
}
