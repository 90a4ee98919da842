package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.image.Versioned;
import io.voronode.coordinator.metrics.CoordinatorMeters;
import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.ControllerEpoch;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.v1.ClusterServiceGrpc;
import io.voronode.proto.v1.RecoverClusterRequest;
import io.voronode.proto.v1.RecoverClusterResponse;
import io.voronode.wire.Channels;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZKUtil;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A tree that was deleted, or put back as it once was, under a cluster that goes on. */
class TreeLossTest extends ControlTest {
    private static final int PARTITIONS = 3;

    private @Nullable ControlPlane controller;

    private ControlPlane plane() {
        return Objects.requireNonNull(controller);
    }

    private void formed(String... nodes) {
        controller = bed.plane("a", PARTITIONS, nodes.length);
        for (String node : nodes) {
            bed.nodes.addNode(node, "zone-" + node);
        }
        ControlBed.await(plane(), ClusterImage::formed);
        ControlBed.eventually(() -> bed.nodes.partitions().size() == PARTITIONS
                && bed.nodes.node(nodes[0]).assigned().getPartitionsCount() > 0);
    }

    private ByteString create(String name) {
        plane().collections().create(ControlBed.config(name), ControlBed.NO_ID, ControlBed.SOON);
        return plane().images().current().collection(name).spec().getUuid();
    }

    private void train(String name, int generation) {
        bed.nodes.addRows(plane().images().current().collection(name).spec().getUuid(), 3_000);
        ControlBed.await(plane(), name, c -> c.getServingGeneration() == generation && c.getGenerationsCount() == 1);
    }

    private RecoverClusterResponse recover(boolean dryRun) {
        return recover(plane(), dryRun);
    }

    private RecoverClusterResponse recover(ControlPlane asked, boolean dryRun) {
        try {
            return ClusterServiceGrpc.newBlockingStub(bed.channels.to(Channels.IN_PROCESS + asked.id()))
                    .withDeadlineAfter(ControlBed.SOON.toSeconds(), TimeUnit.SECONDS)
                    .recoverCluster(
                            RecoverClusterRequest.newBuilder().setDryRun(dryRun).build());
        } catch (RuntimeException e) {
            throw Statuses.fromGrpc(e);
        }
    }

    /** Each znode that there is now, once: coordinators that live make theirs again meanwhile, and their parents then stay. */
    private void deleteTree() throws Exception {
        for (String path : tree().reversed()) {
            try {
                bed.client.delete().forPath(path);
            } catch (KeeperException.NoNodeException | KeeperException.NotEmptyException e) {
                assertThat(path)
                        .isNotEqualTo(bed.paths.format())
                        .doesNotStartWith(bed.paths.partitions())
                        .doesNotStartWith(bed.paths.collections());
            }
        }
    }

    /** Parents first. */
    private List<String> tree() throws Exception {
        while (true) {
            try {
                return ZKUtil.listSubTreeBFS(bed.client.getZookeeperClient().getZooKeeper(), bed.paths.root());
            } catch (KeeperException.NoNodeException e) {
                // One went between being listed and being looked into.
                ControlBed.pause();
            }
        }
    }

    private void wipe(String... nodes) throws Exception {
        deleteTree();
        for (String node : nodes) {
            bed.nodes.node(node).announce(bed.client, bed.paths);
        }
        // The controller has noticed, and taken an epoch of its own again.
        ControlBed.eventually(() -> plane().images().tree().format() == null
                && plane().images().tree().epoch() != null);
        bed.nodes.awaitDescribes(5);
    }

    /** What matters of the tree: all but liveness and the epoch. */
    private SortedMap<String, byte[]> znodes() throws Exception {
        SortedMap<String, byte[]> znodes = new TreeMap<>();
        read(bed.paths.root(), znodes);
        return znodes;
    }

    private void read(String path, Map<String, byte[]> znodes) throws Exception {
        znodes.put(path, bed.client.getData().forPath(path));
        for (String child : bed.client.getChildren().forPath(path)) {
            String below = path + "/" + child;
            if (!below.startsWith(bed.paths.liveNodes())
                    && !below.startsWith(bed.paths.liveCoordinators())
                    && !below.startsWith(bed.paths.latch())) {
                read(below, znodes);
            }
        }
    }

    private List<String> orders() {
        return bed.nodes.partitions().stream()
                .flatMap(partition -> partition.orders.stream())
                .toList();
    }

    @Test
    void aMeterTellsThatTheControllerHoldsAsLongAsTheTreeLacksWhatTheNodesHave() throws Exception {
        formed("n1");
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (CoordinatorMeters meters = new CoordinatorMeters(registry, plane())) {
            assertThat(meters).isNotNull();
            Gauge holding = registry.get("voronode.controller.holding").gauge();
            assertThat(holding.value()).isZero();
            String path = bed.paths.registeredNode("n1");
            byte[] registration = bed.client.getData().forPath(path);

            bed.client.delete().forPath(path);
            ControlBed.eventually(() -> holding.value() == 1);
            bed.client.create().forPath(path, registration);
            ControlBed.eventually(() -> holding.value() == 0);
        }
    }

    @Test
    void aWipedTreeIsMadeAnewAndServesAsBefore() throws Exception {
        formed("n1");
        create("articles");
        train("articles", 1);
        create("books");
        ClusterImage before = plane().images().current();
        List<String> ordered = orders();
        long epoch = bed.nodes.node("n1").assigned().getEpoch();
        int assignments = bed.nodes.node("n1").assignments;

        wipe("n1");

        assertThat(plane().images().current().collections().keySet())
                .as("requests are served on")
                .isEqualTo(before.collections().keySet());
        assertThat(plane().images().current().partitions()).isEqualTo(before.partitions());
        assertThat(orders()).as("nothing was ordered").isEqualTo(ordered);
        assertThat(bed.nodes.node("n1").assignments).isEqualTo(assignments);

        RecoverClusterResponse planned = recover(true);
        assertThat(planned.getApplied()).isFalse();
        assertThat(planned.getChangesList()).isNotEmpty();
        assertThat(bed.client.checkExists().forPath(bed.paths.format())).isNull();

        RecoverClusterResponse done = recover(false);
        assertThat(done.getApplied()).isTrue();
        assertThat(done.getClusterUuid()).isEqualTo(before.clusterUuid());
        assertThat(done.getChangesList()).hasSameSizeAs(planned.getChangesList());
        assertThat(done.getChanges(done.getChangesCount() - 1).getPath())
                .as("last, so that nobody takes the tree for whole before")
                .isEqualTo(bed.paths.format());
        assertThat(done.getEpoch()).isGreaterThan(epoch);

        ControlBed.eventually(() -> bed.nodes.node("n1").assigned().getEpoch() > epoch);
        ControlBed.await(plane(), "articles", c -> c.getServingGeneration() == 1 && c.getRecordCount() == 3_000);
        ControlBed.await(
                plane(),
                image -> image.collection("articles").servingGeneration().calibration() != null);
        assertThat(plane().images().current().partitions()).isEqualTo(before.partitions());
        assertThat(plane().images()
                        .current()
                        .collection("articles")
                        .servingGeneration()
                        .map())
                .isEqualTo(before.collection("articles").servingGeneration().map());
        assertThat(orders()).doesNotContain("DROP_COLLECTION");
        create("more");
        assertThat(recover(false).getChangesList()).as("nothing is left to do").isEmpty();
    }

    @Test
    void aTreeThatIsBeingDeletedTakesNothingFromTheNodes() throws Exception {
        formed("n1");
        create("articles");
        train("articles", 1);
        create("books");
        FakeNode node = bed.nodes.node("n1");
        ControlBed.eventually(() -> node.assigned().getShardsList().stream()
                .map(shard -> shard.getCollection().getName() + shard.getGeneration())
                .sorted()
                .toList()
                .equals(List.of("articles1", "books0")));
        List<String> ordered = orders();
        AssignRequest assigned = node.assigned();
        Set<String> collections = plane().images().current().collections().keySet();

        // As zkCli does it: the deepest first.
        for (String path : List.of(
                bed.paths.shard("articles", 1, 0),
                bed.paths.shard("books", 0, 0),
                bed.paths.shards("articles", 1),
                bed.paths.generation("articles", 1),
                bed.paths.serving("articles"),
                bed.paths.registeredNode("n1"),
                bed.paths.partitionTarget(0),
                bed.paths.collectionConfig("articles"))) {
            bed.client.delete().forPath(path);
            bed.nodes.awaitDescribes(5);
            assertThat(node.assigned()).as("after %s has gone", path).isEqualTo(assigned);
            assertThat(orders()).as("after %s has gone", path).isEqualTo(ordered);
        }
        assertThat(plane().images().current().collections().keySet())
                .as("requests are served on")
                .isEqualTo(collections);

        assertThat(recover(false).getApplied()).isTrue();

        ControlBed.await(plane(), "articles", c -> c.getServingGeneration() == 1);
        ControlBed.await(plane(), "books", c -> c.getGenerations(0).getReadyShards() == 1);
        ControlBed.eventually(() -> node.assigned().getShardsList().equals(assigned.getShardsList()));
    }

    @Test
    void aRecoveryThatBreaksOffIsNotActedOnAndMayBeRepeated() throws Exception {
        formed("n1");
        create("articles");
        SortedMap<String, byte[]> whole = znodes();
        wipe("n1");
        // As far as a first attempt may have come: targets, and a collection without its config.
        for (Map.Entry<String, byte[]> znode : whole.entrySet()) {
            String path = znode.getKey();
            if (path.startsWith(bed.paths.partitionTarget(0))
                    || path.startsWith(bed.paths.generations("articles"))
                    || path.startsWith(bed.paths.serving("articles"))) {
                bed.client.create().creatingParentsIfNeeded().forPath(path, znode.getValue());
            }
        }
        bed.nodes.awaitDescribes(5);
        assertThat(bed.client.checkExists().forPath(bed.paths.format())).isNull();

        assertThat(recover(false).getApplied()).isTrue();

        assertThat(znodes().keySet()).containsAll(whole.keySet());
        ControlBed.await(plane(), "articles", c -> c.getGenerations(0).getReadyShards() == 1);
    }

    @Test
    void anotherCoordinatorThanTheControllerMayBeAsked() throws Exception {
        formed("n1");
        create("articles");
        ControlPlane other = bed.plane("b", PARTITIONS);
        ControlBed.await(other, ClusterImage::formed);
        wipe("n1");

        recoverAsClientsDo(other.controls() ? plane() : other);
        assertThat(other.images()
                        .awaitTree(tree -> tree.formed(), ControlBed.SOON)
                        .collections())
                .containsKey("articles");
    }

    /** Again while another takes over from the controller that was asked; what was refused may have been done all the same. */
    private void recoverAsClientsDo(ControlPlane asked) {
        long end = System.nanoTime() + ControlBed.SOON.toNanos();
        boolean refused = false;
        while (true) {
            try {
                assertThat(recover(asked, false).getApplied() || refused)
                        .as("something was recovered")
                        .isTrue();
                return;
            } catch (Unavailable e) {
                refused = true;
                if (System.nanoTime() > end) {
                    throw e;
                }
                ControlBed.pause();
            }
        }
    }

    @Test
    void whoWaitsForARecoveryIsToldAtOnceThatNobodyLeadsHereAnyMore() throws Exception {
        formed("n1");
        Recoveries recoveries = new Recoveries(plane().images(), new NodeProbe(bed.channels, List::of));
        AtomicBoolean leads = new AtomicBoolean(true);
        CountDownLatch waiting = new CountDownLatch(1);
        recoveries.onRequest(waiting::countDown);
        CompletableFuture<RecoverClusterResponse> asked =
                CompletableFuture.supplyAsync(() -> recoveries.ask(true, Duration.ofHours(1), leads::get));
        assertThat(waiting.await(ControlBed.SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();

        leads.set(false);
        recoveries.refuseAll();

        assertThat(asked)
                .failsWithin(ControlBed.SOON)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> recoveries.ask(true, Duration.ofHours(1), leads::get))
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void aPartitionWithoutItsMajorityKeepsTheTreeFromBeingMadeAnew() throws Exception {
        formed("n1", "n2", "n3");
        wipe("n1", "n2", "n3");
        bed.nodes.node("n2").silent = true;
        bed.nodes.node("n3").silent = true;

        assertThatThrownBy(() -> recover(false))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("the cluster tree cannot be recovered: partition 0 has no ");
        assertThat(bed.client.checkExists().forPath(bed.paths.format())).isNull();
    }

    @Test
    void nodesThatAnswerOnlyAMomentLaterAreWaitedFor() throws Exception {
        formed("n1", "n2", "n3");
        wipe("n1", "n2", "n3");
        bed.nodes.node("n2").silent = true;
        bed.nodes.node("n3").silent = true;
        bed.nodes.awaitDescribes(5);

        CompletableFuture<RecoverClusterResponse> asked = CompletableFuture.supplyAsync(() -> recover(false));
        bed.nodes.awaitDescribes(5);
        assertThat(asked).isNotDone();
        bed.nodes.node("n2").silent = false;

        assertThat(asked).succeedsWithin(ControlBed.SOON).matches(RecoverClusterResponse::getApplied);
    }

    @Test
    void blankNodesMakeNoNewClusterWhileOneIsSilentThatMayHoldRows() throws Exception {
        formed("n1");
        create("articles");
        bed.nodes.node("n1").silent = true;
        deleteTree();
        bed.nodes.node("n1").announce(bed.client, bed.paths);
        bed.nodes.addNode("n2", "z2");

        bed.nodes.awaitDescribes(5);

        assertThat(bed.client.checkExists().forPath(bed.paths.format())).isNull();
    }

    @Test
    void anOlderTreeIsNotActedOnBeforeItIsBroughtForward() throws Exception {
        formed("n1");
        create("articles");
        create("dropped-since");
        CollectionImage restored = plane().restores().begin(ControlBed.config("opened-since"));
        SortedMap<String, byte[]> older = znodes();
        plane().restores().open(restored);
        ControlBed.eventually(() -> bed.nodes.partitions().stream()
                .noneMatch(partition ->
                        partition.collection(restored.spec().getUuid()).spec.getRestoring()));
        train("articles", 1);
        plane().collections().delete("dropped-since", ControlBed.SOON);
        create("made-since");
        List<String> ordered = orders();
        long epoch = bed.nodes.node("n1").assigned().getEpoch();

        restore(older);

        bed.nodes.awaitDescribes(10);
        assertThat(orders()).as("nothing was ordered").isEqualTo(ordered);
        assertThat(bed.nodes.node("n1").assigned().getShardsList())
                .as("nothing was taken from the node")
                .anySatisfy(shard -> assertThat(shard.getGeneration()).isEqualTo(1));

        RecoverClusterResponse done = recover(false);

        assertThat(done.getNotesList())
                .anyMatch(note -> note.contains("\"dropped-since\" of the tree is in no partition"));
        assertThat(done.getEpoch()).isGreaterThan(epoch);
        ControlBed.await(plane(), "articles", c -> c.getServingGeneration() == 1);
        ControlBed.eventually(() -> plane().collections().list().stream()
                .map(c -> c.getConfig().getName())
                .toList()
                .equals(List.of("articles", "made-since", "opened-since")));
        assertThat(orders())
                .as("no collection was dropped")
                .filteredOn("DROP_COLLECTION"::equals)
                .hasSize(PARTITIONS);
    }

    @Test
    void aTreeThatHasOnlyLostItsEpochIsActedOnUnderAHigherOneThanNodesHaveObeyed() throws Exception {
        formed("n1");
        create("articles");
        FakeNode node = bed.nodes.node("n1");
        plane().close();
        controller = bed.plane("b", PARTITIONS);
        ControlBed.eventually(() -> node.assigned().getEpoch() == 2);
        bed.client
                .setData()
                .forPath(
                        bed.paths.epoch(),
                        ClusterTree.encode(
                                ControllerEpoch.newBuilder().setEpoch(0).build()));
        ControlBed.eventually(() ->
                Objects.requireNonNull(plane().images().tree().epoch()).value().getEpoch() == 1);
        int assignments = node.assignments;
        bed.nodes.awaitDescribes(10);
        assertThat(node.assignments).isEqualTo(assignments);

        assertThat(recover(false).getEpoch()).isEqualTo(3);

        ControlBed.eventually(() -> node.assigned().getEpoch() == 3);
        create("books");
    }

    @Test
    void anOlderTreeWithOtherVotersIsBroughtForward() throws Exception {
        formed("n1", "n2", "n3");
        Versioned<PartitionTarget> target =
                Objects.requireNonNull(plane().images().tree().partitions().get(0));
        // As a tree would be that knows of the disk that was replaced since.
        PartitionTarget.Builder older = target.value().toBuilder();
        older.getPeersBuilder(1).setPeerId("a disk that was replaced");
        FakeNode leader = bed.nodes.node(target.value().getPeers(0).getNode());
        ControlBed.eventually(() -> leader.assigned().getPartitionsCount() == PARTITIONS);
        bed.client.setData().forPath(bed.paths.partitionTarget(0), ClusterTree.encode(older.build()));
        bed.nodes.awaitDescribes(10);
        assertThat(leader.assigned().getAllPartitions(0))
                .as("the older one is not sent")
                .isEqualTo(target.value());

        assertThat(recover(false).getChangesList())
                .singleElement()
                .satisfies(change -> assertThat(change.getPath()).isEqualTo(bed.paths.partitionTarget(0)));

        PartitionTarget now = Objects.requireNonNull(plane().images()
                        .awaitTree(
                                tree -> tree.partitions().values().stream()
                                        .anyMatch(present -> present.value().equals(target.value())),
                                ControlBed.SOON)
                        .partitions()
                        .get(0))
                .value();
        assertThat(now.getPeersList()).extracting(PartitionPeer::getNode).contains("n1", "n2", "n3");
    }

    /** ZooKeeper comes back as it was, under another controller. */
    private void restore(SortedMap<String, byte[]> older) throws Exception {
        plane().close();
        deleteTree();
        for (Map.Entry<String, byte[]> znode : older.entrySet()) {
            bed.client
                    .create()
                    .orSetData()
                    .creatingParentsIfNeeded()
                    .withMode(CreateMode.PERSISTENT)
                    .forPath(znode.getKey(), znode.getValue());
        }
        bed.nodes.node("n1").announce(bed.client, bed.paths);
        controller = bed.plane("b", PARTITIONS);
    }
}
