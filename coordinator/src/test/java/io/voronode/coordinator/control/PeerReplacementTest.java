package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.coordinator.image.Versioned;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerReplacementTest extends ControlTest {
    @Test
    void aDamagedPeerLeavesTheVotersBeforeItJoinsAgainUnderWhatItAsksFor() {
        ControlPlane plane = ofThree(bed.plane("a", 5));
        FakeNode hurt = bed.nodes.node("n3");

        hurt.rejoin = "once more";
        awaitAll(plane, peer -> !peer.getNode().equals("n3") || peer.getRejoin().equals("once more"));

        bed.nodes.partitions().forEach(partition -> assertOutAndInAgain(partition.voters, hurt.peerId, hurt.peerId));
        assertThat(bed.nodes.mostGrowing).isBetween(1, 2);
    }

    @Test
    void aNodeWithAnotherDiskIsGivenItsPartitionsAgain() {
        ControlPlane plane = ofThree(bed.plane("a", 5));
        FakeNode hurt = bed.nodes.node("n2");
        String before = hurt.peerId;

        hurt.peerId = "another disk";
        awaitAll(plane, peer -> !peer.getNode().equals("n2") || peer.getPeerId().equals("another disk"));

        bed.nodes.partitions().forEach(partition -> assertOutAndInAgain(partition.voters, before, "another disk"));
        assertThat(hurt.assigned().getPartitionsCount()).isEqualTo(5);
    }

    @ParameterizedTest(name = "the disk is another one: {0}")
    @ValueSource(booleans = {true, false})
    void theOnlyCopyIsNeverReplaced(boolean otherDisk) {
        ControlPlane plane = bed.plane("a", 2, 1, 1);
        FakeNode only = bed.nodes.addNode("n1", "z1");
        ControlBed.await(plane, ClusterImage::formed);
        bed.nodes.addNode("n2", "z2");
        List<PartitionTarget> before = targets(plane.images().tree());

        if (otherDisk) {
            only.peerId = "another disk";
        } else {
            only.rejoin = "once more";
        }
        bed.nodes.awaitDescribes(20);

        assertThat(targets(plane.images().tree())).isEqualTo(before);
        assertThat(bed.nodes.partitions())
                .allSatisfy(partition -> assertThat(partition.voters).hasSize(1));
    }

    @Test
    void aNodeThatDoesNotAnswerIsNotReplaced() {
        ControlPlane plane = ofThree(bed.plane("a", 2));
        List<PartitionTarget> before = targets(plane.images().tree());

        bed.nodes.node("n3").silent = true;
        bed.nodes.awaitDescribes(20);

        assertThat(targets(plane.images().tree())).isEqualTo(before);
    }

    @ParameterizedTest(name = "dies at {0}, after it took effect: {1}")
    @CsvSource({"ASSIGN, false", "CHANGE_PEERS, false", "CHANGE_PEERS, true"})
    void anotherControllerContinuesWhereOneDied(String event, boolean afterApplying) throws Exception {
        ControlPlane first = ofThree(bed.plane("first", 3));
        FakeNode hurt = bed.nodes.node("n3");
        CountDownLatch died = bed.nodes.trap(event, afterApplying);
        hurt.rejoin = "once more";
        assertThat(died.await(10, TimeUnit.SECONDS)).as("reached " + event).isTrue();
        first.close();
        bed.nodes.heal();

        ControlPlane second = bed.plane("second", 3);

        awaitAll(
                second, peer -> !peer.getNode().equals("n3") || peer.getRejoin().equals("once more"));
        bed.nodes.partitions().forEach(partition -> assertOutAndInAgain(partition.voters, hurt.peerId, hurt.peerId));
    }

    private ControlPlane ofThree(ControlPlane plane) {
        bed.nodes.addNode("n1", "z1");
        ControlBed.await(plane, ClusterImage::formed);
        bed.nodes.addNode("n2", "z2");
        bed.nodes.addNode("n3", "z3");
        awaitAll(plane, peer -> true);
        bed.nodes.partitions().forEach(partition -> assertThat(partition.voters).hasSize(3));
        return plane;
    }

    /** Until all partitions have three settled peers, each as wanted. */
    private static void awaitAll(ControlPlane plane, Predicate<PartitionPeer> wanted) {
        plane.images()
                .awaitTree(
                        tree -> !tree.partitions().isEmpty()
                                && targets(tree).stream()
                                        .allMatch(target -> target.getPeersCount() == 3
                                                && target.getPeersList().stream()
                                                        .allMatch(peer -> !peer.getJoining() && wanted.test(peer))),
                        ControlBed.SOON);
    }

    private static List<PartitionTarget> targets(TreeSnapshot tree) {
        return tree.partitions().values().stream().map(Versioned::value).toList();
    }

    private static void assertOutAndInAgain(List<Set<String>> voters, String before, String after) {
        assertThat(voters).hasSize(5);
        assertThat(voters.get(2)).hasSize(3).contains(before);
        assertThat(voters.get(3)).hasSize(2).doesNotContain(before);
        assertThat(voters.get(4)).hasSize(3).contains(after).containsAll(voters.get(3));
    }
}
