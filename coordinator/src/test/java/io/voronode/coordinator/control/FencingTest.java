package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.coordinator.image.ClusterImage;
import io.voronode.proto.internal.v1.CollectionNode;
import io.voronode.proto.internal.v1.ControlCommand;
import io.voronode.proto.internal.v1.ControllerEpoch;
import io.voronode.proto.internal.v1.CreateCollectionOrder;
import io.voronode.proto.internal.v1.ServingNode;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException.Bug;
import io.voronode.wire.VoronodeException.Conflict;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FencingTest extends ControlTest {
    @BeforeEach
    void makeFolders() {
        TreeFolders.ensure(bed.client, bed.paths);
    }

    @Test
    void refusesThePenOfAControllerThatHasBeenReplacedThoughItBelievesToLead() throws Exception {
        FencedTree stale = lead("first", true);
        FencedTree fresh = lead("second", true);
        assertThat(fresh.epoch()).isEqualTo(stale.epoch() + 1);

        String path = bed.paths.collection("articles");
        assertThatThrownBy(() -> stale.change().folder(path).commit("stale")).isInstanceOf(Deposed.class);
        assertThat(bed.client.checkExists().forPath(path)).isNull();

        fresh.change().folder(path).commit("fresh");
        assertThat(bed.client.checkExists().forPath(path)).isNotNull();
    }

    @Test
    void startsNothingWhileLeadingIsInDoubt() throws Exception {
        FencedTree doubtful = lead("first", false);

        assertThatThrownBy(() -> doubtful.change()
                        .folder(bed.paths.collection("articles"))
                        .commit("in doubt"))
                .isInstanceOf(Deposed.class);
        assertThat(bed.client.checkExists().forPath(bed.paths.collection("articles")))
                .isNull();
    }

    @Test
    void tellsAChangedZnodeFromALostEpoch() throws Exception {
        FencedTree fence = lead("first", true);
        String path = bed.paths.collection("articles");
        fence.change().create(path, ServingNode.getDefaultInstance()).commit("made");

        assertThatThrownBy(() -> fence.change()
                        .replace(path, 7, ServingNode.getDefaultInstance())
                        .commit("from an old look"))
                .isInstanceOf(TreeChanged.class);
        assertThatThrownBy(() -> fence.change().delete(path + "/none").commit("gone"))
                .isInstanceOf(TreeChanged.class);
    }

    @Test
    void takesNoEpochWithoutItsOwnLatchZnode() throws Exception {
        AtomicInteger losses = new AtomicInteger();
        try (Leadership leadership = new Leadership(bed.client, bed.paths, "first", losses::incrementAndGet)) {
            leadership.start();
            long epoch = leadership.await().epoch();
            assertThat(losses).hasValue(0);
            for (String latch : bed.client.getChildren().forPath(bed.paths.latch())) {
                bed.client.delete().forPath(bed.paths.latch() + "/" + latch);
            }
            // The latch notices and stands again; only then an epoch can be taken.
            assertThat(leadership.await().epoch()).isEqualTo(epoch + 1);
            assertThat(bed.client.getChildren().forPath(bed.paths.latch())).hasSize(1);
            assertThat(losses).as("who waits for the controller here is told").hasValue(1);
        }
    }

    @Test
    void refusesALargeZnodeBeforeItIsWritten() throws Exception {
        FencedTree fence = lead("first", true);
        ShardTarget large = ShardTarget.newBuilder()
                .addReplicas("x".repeat(ClusterTree.MAX_ZNODE_BYTES))
                .build();

        assertThatThrownBy(() -> fence.change().create(bed.paths.shard("articles", 1, 0), large))
                .isInstanceOf(Bug.class)
                .hasMessageContaining(String.valueOf(ClusterTree.MAX_ZNODE_BYTES));
    }

    @Test
    void oneOfTwoCoordinatorsControlsAndTheOtherTakesOverWithAHigherEpoch() {
        ControlPlane first = bed.plane("first", 1);
        FakeNode node = bed.nodes.addNode("n1", "z1");
        ControlBed.await(first, ClusterImage::formed);
        ControlPlane second = bed.plane("second", 1);
        ClusterImage seen =
                ControlBed.await(second, image -> image.coordinators().size() == 2);
        assertThat(seen.controller()).isEqualTo(first.id());

        second.collections().create(ControlBed.config("articles"), ControlBed.NO_ID, ControlBed.SOON);
        long before = node.assigned().getEpoch();
        first.close();

        ControlBed.await(second, image -> second.id().equals(image.controller()));
        second.collections().create(ControlBed.config("words"), ControlBed.NO_ID, ControlBed.SOON);
        assertThat(node.assigned().getEpoch()).isGreaterThan(before);
        assertThatThrownBy(() -> bed.nodes.control(0, staleOrder(before)))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("epoch");
    }

    private static ControlCommand staleOrder(long epoch) {
        return ControlCommand.newBuilder()
                .setEpoch(epoch)
                .setCreateCollection(CreateCollectionOrder.getDefaultInstance())
                .build();
    }

    @Test
    void goesOnAfterItsSessionWasLost() throws Exception {
        ControlPlane plane = bed.plane("first", 1);
        bed.nodes.addNode("n1", "z1");
        ControlBed.await(plane, ClusterImage::formed);
        plane.collections().create(ControlBed.config("articles"), ControlBed.NO_ID, ControlBed.SOON);

        closeSessionBehindTheBackOf(plane);

        plane.collections().create(ControlBed.config("words"), ControlBed.NO_ID, ControlBed.SOON);
        ControlBed.await(plane, image -> image.coordinators().containsKey(plane.id()));
        assertThat(plane.images().current().collections()).containsKeys("articles", "words");
    }

    /** As if it had timed out: the server drops the session and its ephemerals, the client learns it when it comes back. */
    private static void closeSessionBehindTheBackOf(ControlPlane plane) throws Exception {
        ZooKeeper victim = plane.client.getZookeeperClient().getZooKeeper();
        CountDownLatch joined = new CountDownLatch(1);
        ZooKeeper twin = new ZooKeeper(
                zooKeeper.connectString(),
                10_000,
                event -> joined.countDown(),
                victim.getSessionId(),
                victim.getSessionPasswd());
        assertThat(joined.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(twin.getState().isConnected()).isTrue();
        twin.close();
    }

    @Test
    void userAndControllerNeverOverwriteEachOther() {
        CollectionConfigs configs = new CollectionConfigs(bed.client, bed.paths);
        CollectionNode node = CollectionNode.newBuilder()
                .setSpec(CollectionLimits.spec(ControlBed.config("articles"), model -> 8, 3))
                .build();
        assertThat(configs.create(node)).isTrue();
        assertThat(configs.create(node)).isFalse();
        FencedTree fence = lead("first", true);

        CollectionNode changed = configs.change("articles", present -> {
            if (present.getLastGeneration() == 0) {
                fence.change()
                        .replace(
                                bed.paths.collectionConfig("articles"),
                                0,
                                present.toBuilder().setLastGeneration(1).build())
                        .commit("the controller is quicker");
            }
            return present.toBuilder().setDropping(true).build();
        });

        assertThat(changed.getLastGeneration()).isEqualTo(1);
        assertThat(configs.find("articles")).contains(changed);
    }

    /** Takes the next epoch as a controller would, without the loop. */
    private FencedTree lead(String id, boolean believes) {
        try (Leadership leadership = new Leadership(bed.client, bed.paths, id, () -> {})) {
            leadership.start();
            leadership.await();
            var epoch = bed.client.checkExists().forPath(bed.paths.epoch());
            byte[] content = bed.client.getData().forPath(bed.paths.epoch());
            long number = ClusterTree.decode(bed.paths.epoch(), content, ControllerEpoch.newBuilder())
                    .getEpoch();
            return new FencedTree(bed.client, bed.paths, number, epoch.getVersion(), () -> believes);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
