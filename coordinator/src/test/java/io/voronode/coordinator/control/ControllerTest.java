package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.proto.internal.v1.CoordinatorLiveness;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.GenerationPhase;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.proto.v1.Collection;
import io.voronode.proto.v1.Generation;
import io.voronode.proto.v1.GenerationState;
import io.voronode.proto.v1.IndexKind;
import io.voronode.proto.v1.TrainingPhase;
import io.voronode.proto.v1.UpdateCollectionRequest;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException.AlreadyExists;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.NotFound;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControllerTest extends ControlTest {
    @Test
    void makesTheClusterWhenTheFirstNodeLives() {
        ControlPlane plane = bed.plane("a", 4);
        assertThat(plane.images().current().formed()).isFalse();
        FakeNode node = bed.nodes.addNode("n1", "z1");

        ClusterImage image = ControlBed.await(plane, ClusterImage::formed);

        assertThat(image.partitionCount()).isEqualTo(4);
        assertThat(image.clusterUuid()).hasSize(32);
        assertThat(image.partitions()).allSatisfy(target -> {
            assertThat(target.getPeersList())
                    .extracting(PartitionPeer::getPeerId)
                    .containsExactly(node.peerId);
            assertThat(target.getGroupUuid().size()).isEqualTo(16);
        });
        ControlBed.eventually(() -> node.assigned().getPartitionsCount() == 4);
    }

    @Test
    void waitsForAllNodesOfTheBirthAndReplicatesOverThem() {
        ControlPlane plane = bed.plane("a", 6, 3);
        bed.nodes.addNode("n1", "z1");
        bed.nodes.addNode("n2", "z2");
        assertThat(plane.images().current().formed()).isFalse();
        bed.nodes.addNode("n3", "z3");

        ClusterImage image = ControlBed.await(plane, ClusterImage::formed);

        assertThat(image.partitions())
                .allSatisfy(target -> assertThat(target.getPeersList())
                        .extracting(PartitionPeer::getNode)
                        .containsExactlyInAnyOrder("n1", "n2", "n3"));
        assertThat(image.partitions())
                .extracting(target -> target.getPreferredLeader())
                .contains("n1", "n2", "n3");
    }

    @Test
    void aControllerThatFindsAFormatWaitsForAllNodesOfTheBirthToo() throws Exception {
        ClusterFormat format = ClusterFormat.newBuilder()
                .setLayoutVersion(ClusterTree.LAYOUT_VERSION)
                .setClusterUuid(Uuids.random())
                .setPartitionCount(2)
                .build();
        bed.client.create().creatingParentsIfNeeded().forPath(bed.paths.format(), ClusterTree.encode(format));
        ControlPlane plane = bed.plane("a", 2, 3);
        bed.nodes.addNode("n1", "z1");
        bed.nodes.awaitDescribes(5);
        assertThat(plane.images().current().formed()).isFalse();
        bed.nodes.addNode("n2", "z2");
        bed.nodes.addNode("n3", "z3");

        ClusterImage image = ControlBed.await(plane, ClusterImage::formed);

        assertThat(image.partitions())
                .allSatisfy(target -> assertThat(target.getPeersCount()).isEqualTo(3));
    }

    @Test
    void refusesATreeOfALaterLayout() throws Exception {
        ClusterFormat format = ClusterFormat.newBuilder()
                .setLayoutVersion(ClusterTree.LAYOUT_VERSION + 1)
                .build();
        bed.client.create().creatingParentsIfNeeded().forPath(bed.paths.format(), ClusterTree.encode(format));

        assertThatThrownBy(() -> bed.plane("a", 2))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("has layout version 2, this program knows only 1");
        assertThat(bed.client.getChildren().forPath(bed.paths.root())).containsExactly("format");
    }

    @Test
    void aRunningCoordinatorServesOnAndWritesNothingWhenTheTreeIsOfALaterLayout() throws Exception {
        ControlPlane plane = formed(2);
        create(plane, "articles");
        ClusterImage before = plane.images().current();
        ClusterFormat later = Objects.requireNonNull(plane.images().tree().format()).toBuilder()
                .setLayoutVersion(ClusterTree.LAYOUT_VERSION + 1)
                .build();
        bed.client.setData().forPath(bed.paths.format(), ClusterTree.encode(later));

        assertThatThrownBy(() -> plane.images().refresh())
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("has layout version 2, this program knows only 1");
        assertThatThrownBy(() -> create(plane, "books"))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("has layout version 2, this program knows only 1");
        assertThatThrownBy(() -> plane.collections().delete("articles", ControlBed.SOON))
                .isInstanceOf(BadInput.class);
        assertThat(bed.client.getChildren().forPath(bed.paths.collections())).containsExactly("articles");
        assertThat(plane.images().current().collections()).isEqualTo(before.collections());
    }

    @Test
    void placesNothingAnewWhereNodesHoldPartitionsThatTheTreeHasLost() throws Exception {
        ControlPlane plane = formed(2);
        FakeNode node = bed.nodes.addedNode();
        ControlBed.eventually(() -> node.assigned().getPartitionsCount() == 2);

        bed.client.delete().deletingChildrenIfNeeded().forPath(bed.paths.partitions() + "/0");
        awaitPasses();
        assertThat(bed.client.checkExists().forPath(bed.paths.partitionTarget(0)))
                .isNull();

        bed.client.delete().deletingChildrenIfNeeded().forPath(bed.paths.partitions() + "/1");
        bed.client.delete().forPath(bed.paths.format());
        awaitPasses();
        assertThat(bed.client.checkExists().forPath(bed.paths.format())).isNull();
        assertThat(plane.images().tree().format()).isNull();
    }

    @Test
    void makesManyPartitionsInSeveralTransactions() {
        ControlPlane plane = bed.plane("a", 300, 1);
        bed.nodes.addNode("n1", "z1");

        ClusterImage image = ControlBed.await(plane, ClusterImage::formed);

        assertThat(image.partitions()).hasSize(300);
    }

    @Test
    void abandonsABuildWhoseOnlyReplicaIsOnANodeThatIsGone() {
        ControlPlane plane = formed(1);
        plane.collections()
                .create(
                        ControlBed.config("articles").toBuilder()
                                .setIndexReplicas(1)
                                .build(),
                        ControlBed.NO_ID,
                        ControlBed.SOON);
        ByteString uuid = plane.images().current().collection("articles").spec().getUuid();
        FakeNode gone = bed.nodes.addNode("n2", "z2");
        bed.nodes.holdShards = true;
        bed.nodes.addRows(uuid, 1_000);
        ControlBed.eventually(() -> gone.assigned().getShardsList().stream().anyMatch(s -> s.getGeneration() == 1));

        gone.close();

        ControlBed.await(plane, "articles", c -> bed.nodes.partition(0).orders.contains("END_GENERATION"));
        bed.nodes.holdShards = false;
        Collection trained =
                ControlBed.await(plane, "articles", c -> c.getServingGeneration() > 0 && c.getGenerationsCount() == 1);
        assertThat(trained.getServingGeneration()).isGreaterThan(1);
    }

    @Test
    void opensANewCollectionWithOneCell() {
        ControlPlane plane = formed(2);

        Collection made = plane.collections().create(ControlBed.config("articles"), ControlBed.NO_ID, ControlBed.SOON);

        assertThat(made.getServingGeneration()).isZero();
        assertThat(made.getGenerationsList()).singleElement().satisfies(generation -> {
            assertThat(generation.getState()).isEqualTo(GenerationState.GENERATION_STATE_SERVING);
            assertThat(generation.getCellCount()).isEqualTo(1);
            assertThat(generation.getReadyShards()).isEqualTo(1);
        });
        assertThat(plane.images()
                        .current()
                        .collection("articles")
                        .servingGeneration()
                        .map()
                        .cellCount())
                .isEqualTo(1);
        assertThatThrownBy(() ->
                        plane.collections().create(ControlBed.config("articles"), ControlBed.NO_ID, ControlBed.SOON))
                .isInstanceOf(AlreadyExists.class);
        assertThat(plane.collections().list())
                .extracting(c -> c.getConfig().getName())
                .containsExactly("articles");
    }

    @Test
    void aRepeatedCreateIsAnsweredWithWhatItsFirstAttemptMade() {
        ControlPlane plane = formed(2);
        ByteString id = ByteString.copyFromUtf8("sixteen bytes ok");
        Collection made = plane.collections().create(ControlBed.config("articles"), id, ControlBed.SOON);

        Collection again = plane.collections().create(ControlBed.config("articles"), id, ControlBed.SOON);

        assertThat(again.getConfig()).isEqualTo(made.getConfig());
        assertThat(plane.collections().list()).hasSize(1);
        assertThatThrownBy(() -> plane.collections()
                        .create(
                                ControlBed.config("articles"),
                                ByteString.copyFromUtf8("some other bytes"),
                                ControlBed.SOON))
                .isInstanceOf(AlreadyExists.class);
        var another = ControlBed.config("articles").toBuilder()
                .setDimension(made.getConfig().getDimension() + 1)
                .build();
        assertThatThrownBy(() -> plane.collections().create(another, id, ControlBed.SOON))
                .as("the same request for something else")
                .isInstanceOf(AlreadyExists.class);
    }

    @Test
    void trainsCellsOnceTheCollectionHasOutgrownOneCell() {
        ControlPlane plane = formed(2);
        ByteString uuid = create(plane, "articles");

        bed.nodes.addRows(uuid, 2_000);
        awaitServing(plane, "articles", 1);
        Collection trained = ControlBed.await(plane, "articles", c -> c.getRecordCount() == 2_000);

        assertThat(trained.getGenerations(0).getTrainedRecords()).isEqualTo(2_000);
        assertThat(trained.getGenerations(0).getCellCount()).isBetween(13, 16);
        assertThat(trained.getGenerations(0).getImbalance())
                .isEqualTo(0.05 * trained.getGenerations(0).getCellCount());
        CollectionImage image = plane.images().current().collection("articles");
        assertThat(image.servingGeneration().map().cellCount())
                .isEqualTo(trained.getGenerations(0).getCellCount());
        assertThat(bed.nodes.partition(0).collection(uuid).generations.keySet()).containsExactly(1);
        assertThat(bed.nodes.partition(0).orders)
                .containsSubsequence("CREATE_COLLECTION", "BEGIN_GENERATION", "END_GENERATION");
        ControlBed.eventually(() -> bed.nodes.addedNode().assigned().getShardsList().stream()
                .allMatch(shard -> shard.getGeneration() == 1));
    }

    @Test
    void calibratesAGenerationBeforeItServes() {
        ControlPlane plane = formed(2);
        ByteString uuid = create(plane, "articles");

        bed.nodes.addRows(uuid, 2_000);
        awaitServing(plane, "articles", 1);

        ClusterImage image = ControlBed.await(
                plane, i -> i.collection("articles").servingGeneration().calibration() != null);
        ProbeCalibration calibration = Objects.requireNonNull(
                image.collection("articles").servingGeneration().calibration());
        // Of the k nearest, every second lies in one of two cells, whichever of the ranked ones these are.
        assertThat(calibration.recall(10, calibration.rule(10, 0.6))).isBetween(0.6, 0.8);
        assertThat(calibration.recall(10, calibration.rule(10, 0.99))).isGreaterThan(0.98);
        assertThat(generationTree(plane, 1).value().getCalibrationDigest().size())
                .isEqualTo(32);
    }

    @Test
    void aGenerationThatCannotBeCalibratedServesWithout() {
        ControlPlane plane = formed(1);
        ByteString uuid = create(plane, "articles");
        bed.nodes.refuseSearches = true;

        bed.nodes.addRows(uuid, 2_000);
        awaitServing(plane, "articles", 1);

        assertThat(generationTree(plane, 1).value().getCalibrationDigest()).isEqualTo(ByteString.EMPTY);
        assertThat(plane.images()
                        .current()
                        .collection("articles")
                        .servingGeneration()
                        .calibration())
                .isNull();
    }

    @Test
    void calibratesWhatServesWithoutOnceItsShardsAnswer() {
        ControlPlane plane = formed(1);
        ByteString uuid = create(plane, "articles");
        bed.nodes.refuseSearches = true;
        bed.nodes.addRows(uuid, 2_000);
        awaitServing(plane, "articles", 1);

        bed.nodes.refuseSearches = false;

        ControlBed.await(
                plane, image -> image.collection("articles").servingGeneration().calibration() != null);
    }

    @Test
    void calibratesWhatServesWithoutWhenAnotherControllerComes() {
        ControlPlane first = formed(1);
        ByteString uuid = create(first, "articles");
        bed.nodes.refuseSearches = true;
        bed.nodes.addRows(uuid, 2_000);
        awaitServing(first, "articles", 1);
        first.close();
        bed.nodes.refuseSearches = false;

        ControlPlane second = bed.plane("second", 1);

        ControlBed.await(
                second,
                image -> image.collections().containsKey("articles")
                        && image.collection("articles").servingGeneration().calibration() != null);
    }

    private static GenerationTree generationTree(ControlPlane plane, int generation) {
        return Objects.requireNonNull(
                Objects.requireNonNull(plane.images().tree().collections().get("articles"))
                        .generations()
                        .get(generation));
    }

    @Test
    void trainsAgainAfterFourFoldGrowthAndNotBefore() {
        ControlPlane plane = formed(1);
        ByteString uuid = create(plane, "articles");
        bed.nodes.addRows(uuid, 1_000);
        awaitServing(plane, "articles", 1);

        bed.nodes.addRows(uuid, 2_900);
        awaitPasses();
        assertThat(plane.collections().get("articles").getServingGeneration()).isEqualTo(1);

        bed.nodes.addRows(uuid, 200);
        Collection again = awaitServing(plane, "articles", 2);
        assertThat(again.getGenerations(0).getTrainedRecords()).isEqualTo(4_100);
    }

    @Test
    void trainsAgainWhenItsCellsHaveBecomeUneven() {
        ControlPlane plane = formed(1);
        ByteString uuid = create(plane, "articles");
        bed.nodes.addRows(uuid, 2_000);
        awaitServing(plane, "articles", 1);

        bed.nodes.cellSquares = 50_000;
        bed.nodes.cellVectors = 1_000;
        bed.nodes.addRows(uuid, 500);
        awaitPasses();
        assertThat(plane.collections().get("articles").getServingGeneration())
                .as("while the shards tell of a part of the records")
                .isEqualTo(1);

        bed.nodes.cellSquares = 5_000;
        bed.nodes.cellVectors = 10_000;
        awaitServing(plane, "articles", 2);

        bed.nodes.awaitDescribes(10);
        assertThat(plane.collections().get("articles").getServingGeneration())
                .as("others cannot be had of these records")
                .isEqualTo(2);
    }

    @Test
    void doesNotFinishABuildThatTheCollectionHasOutgrown() {
        ControlPlane plane = formed(1);
        ByteString uuid = create(plane, "articles");
        bed.nodes.holdShards = true;
        bed.nodes.addRows(uuid, 1_000);
        ControlBed.await(plane, "articles", c -> c.getGenerationsCount() == 2);

        bed.nodes.addRows(uuid, 6_900);
        awaitPasses();
        assertThat(generationTree(plane, 1).value().getPhase()).isEqualTo(GenerationPhase.GENERATION_PHASE_BUILDING);
        bed.nodes.addRows(uuid, 200);
        ControlBed.await(
                plane,
                "articles",
                c -> c.getGenerationsList().stream().anyMatch(generation -> generation.getNumber() == 2));
        bed.nodes.holdShards = false;

        Collection served = awaitServing(plane, "articles", 2);
        assertThat(served.getGenerations(0).getTrainedRecords()).isEqualTo(8_100);
    }

    @Test
    void keepsTheBlobsThatGenerationsNameAlone() {
        ControlPlane plane = formed(2);
        ByteString uuid = create(plane, "articles");
        bed.nodes.addRows(uuid, 1_000);
        awaitServing(plane, "articles", 1);
        bed.nodes.addRows(uuid, 4_000);
        awaitServing(plane, "articles", 2);

        GenerationNode second = generationTree(plane, 2).value();
        assertThat(blobs()).containsExactlyInAnyOrder(second.getCellMapDigest(), second.getCalibrationDigest());

        plane.collections().delete("articles", ControlBed.SOON);
        assertThat(blobs()).isEmpty();
    }

    private List<ByteString> blobs() {
        return IntStream.range(0, 2)
                .boxed()
                .flatMap(partition -> bed.nodes.partition(partition).blobs.keySet().stream())
                .toList();
    }

    @Test
    void keepsServingTheLastGenerationWhileShardsOrStampsAreMissing() {
        ControlPlane plane = formed(2);
        ByteString uuid = create(plane, "articles");
        bed.nodes.holdStamping = true;
        bed.nodes.holdShards = true;

        bed.nodes.addRows(uuid, 2_000);
        Collection building = ControlBed.await(
                plane,
                "articles",
                c -> c.getGenerationsCount() == 2 && c.getGenerations(1).getUnstampedRecords() == 2_000);
        assertThat(building.getServingGeneration()).isZero();
        assertThat(building.getGenerations(1).getState()).isEqualTo(GenerationState.GENERATION_STATE_BUILDING);
        ControlBed.await(
                plane,
                image -> image.collection("articles").generations().keySet().equals(Set.of(0, 1)));

        bed.nodes.holdStamping = false;
        ControlBed.await(plane, "articles", c -> c.getGenerations(1).getUnstampedRecords() == 0);
        awaitPasses();
        assertThat(plane.collections().get("articles").getServingGeneration()).isZero();

        bed.nodes.holdShards = false;
        awaitServing(plane, "articles", 1);
    }

    @Test
    void retrainsWhenAskedUnderTheNumberThatWasPromised() {
        ControlPlane plane = formed(1);
        ByteString uuid = create(plane, "articles");
        assertThatThrownBy(() -> plane.collections().retrain("articles"))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("no records");
        bed.nodes.addRows(uuid, 600);

        ControlBed.await(plane, "articles", c -> c.getRecordCount() == 600);
        bed.nodes.holdShards = true;
        assertThat(plane.collections().retrain("articles")).isEqualTo(1);
        assertThatThrownBy(() -> plane.collections().retrain("articles")).isInstanceOf(Conflict.class);
        bed.nodes.holdShards = false;
        Collection trained = awaitServing(plane, "articles", 1);
        assertThat(trained.getGenerations(0).getCellCount()).isEqualTo(5);
    }

    @Test
    void everyCoordinatorShowsHowFarATrainingIs() {
        ControlPlane plane = formed(2);
        ByteString uuid = create(plane, "articles");
        ControlPlane other = bed.plane("other", 2);
        bed.nodes.holdSamples = true;
        bed.nodes.addRows(uuid, 2_000);

        for (ControlPlane asked : List.of(plane, other)) {
            Generation training = ControlBed.await(
                            asked,
                            "articles",
                            c -> c.getGenerationsCount() == 2
                                    && c.getGenerations(1).hasTraining())
                    .getGenerations(1);
            assertThat(training.getState()).isEqualTo(GenerationState.GENERATION_STATE_TRAINING);
            assertThat(training.getTraining().getPhase()).isEqualTo(TrainingPhase.TRAINING_PHASE_SAMPLING);
            assertThat(training.getTraining().getDone()).isZero();
            assertThat(training.getTraining().getTotal()).isBetween(1L, 2_048L);
        }

        bed.nodes.holdSamples = false;
        assertThat(awaitServing(other, "articles", 1).getGenerations(0).hasTraining())
                .isFalse();
    }

    @Test
    void endsTheTrainingOfACollectionThatIsDropped() {
        ControlPlane plane = formed(1);
        ByteString uuid = create(plane, "articles");
        bed.nodes.holdSamples = true;
        bed.nodes.addRows(uuid, 2_000);
        ControlBed.await(
                plane,
                "articles",
                c -> c.getGenerationsCount() == 2 && c.getGenerations(1).hasTraining());

        plane.collections().delete("articles", ControlBed.SOON);

        ControlBed.eventually(() -> bed.nodes.samplesCancelled.get() == 1);
    }

    @Test
    void retriesAFailedTrainingUnderANewNumber() {
        ControlPlane plane = formed(1);
        ByteString uuid = create(plane, "articles");
        bed.nodes.refuseSamples = true;
        bed.nodes.addRows(uuid, 1_000);
        ControlBed.await(plane, "articles", c -> c.getGenerationsCount() == 2);
        ControlBed.await(plane, "articles", c -> c.getGenerationsCount() == 1);

        bed.nodes.refuseSamples = false;

        Collection trained =
                ControlBed.await(plane, "articles", c -> c.getServingGeneration() > 0 && c.getGenerationsCount() == 1);
        assertThat(trained.getServingGeneration()).isGreaterThan(1);
    }

    @Test
    void abandonsABuildWhoseShardsGoOnFailing() {
        ControlPlane plane = formed(1);
        ByteString uuid = create(plane, "articles");
        bed.nodes.shardFailure = "disk on fire";
        bed.nodes.addRows(uuid, 1_000);
        ControlBed.await(plane, "articles", c -> bed.nodes.partition(0).orders.contains("END_GENERATION"));
        assertThat(plane.collections().get("articles").getServingGeneration()).isZero();

        bed.nodes.shardFailure = "";

        Collection trained =
                ControlBed.await(plane, "articles", c -> c.getServingGeneration() > 0 && c.getGenerationsCount() == 1);
        assertThat(trained.getServingGeneration()).isGreaterThan(1);
    }

    @Test
    void changesTheIndexKindByANewGeneration() {
        ControlPlane plane = formed(1);
        ByteString uuid = create(plane, "articles");
        bed.nodes.addRows(uuid, 1_000);
        awaitServing(plane, "articles", 1);

        plane.collections()
                .update(
                        UpdateCollectionRequest.newBuilder()
                                .setName("articles")
                                .setIndexKind(IndexKind.INDEX_KIND_FLAT)
                                .build(),
                        ControlBed.SOON);

        Collection flat = awaitServing(plane, "articles", 2);
        assertThat(flat.getGenerations(0).getCellCount()).isEqualTo(1);
        assertThat(flat.getConfig().getIndexKind()).isEqualTo(IndexKind.INDEX_KIND_FLAT);
        assertThat(bed.nodes.partition(0).orders).contains("UPDATE_COLLECTION");
        assertThatThrownBy(() -> plane.collections().retrain("articles"))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("FLAT");
    }

    @Test
    void dropsACollectionAndMakesAnotherOfTheSameName() {
        ControlPlane plane = formed(2);
        ByteString uuid = create(plane, "articles");
        bed.nodes.addRows(uuid, 2_000);
        awaitServing(plane, "articles", 1);

        plane.collections().delete("articles", ControlBed.SOON);

        assertThat(bed.nodes.partition(0).collections).isEmpty();
        assertThat(bed.nodes.partition(1).collections).isEmpty();
        assertThatThrownBy(() -> plane.collections().get("articles")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> plane.collections().delete("articles", ControlBed.SOON))
                .isInstanceOf(NotFound.class);
        assertThat(create(plane, "articles")).isNotEqualTo(uuid);
    }

    @Test
    void givesAShardItsSecondReplicaWhenASecondNodeComesAndAsksItOnlyWhenItIsReady() {
        ControlPlane plane = formed(1);
        ByteString uuid = create(plane, "articles");
        bed.nodes.addRows(uuid, 1_000);
        awaitServing(plane, "articles", 1);
        bed.nodes.holdShards = true;

        FakeNode second = bed.nodes.addNode("n2", "z2");
        plane.images().awaitTree(tree -> servingShard(tree).getBuildingList().equals(List.of("n2")), ControlBed.SOON);
        ControlBed.eventually(() -> second.assigned().getShardsCount() == 1);
        awaitPasses();
        assertThat(servingShard(plane.images().tree()).getReplicasList()).containsExactly("n1");

        bed.nodes.holdShards = false;
        plane.images()
                .awaitTree(
                        tree -> servingShard(tree).getReplicasList().equals(List.of("n1", "n2"))
                                && servingShard(tree).getBuildingCount() == 0,
                        ControlBed.SOON);
    }

    @Test
    void evensShardsOutOverANodeThatCame() {
        ControlPlane plane = formed(1);
        for (int i = 0; i < 4; i++) {
            plane.collections()
                    .create(
                            ControlBed.config("c" + i).toBuilder()
                                    .setIndexReplicas(1)
                                    .build(),
                            ControlBed.NO_ID,
                            ControlBed.SOON);
        }

        bed.nodes.addNode("n2", "z1");

        plane.images()
                .awaitTree(
                        tree -> tree.collections().values().stream()
                                        .filter(collection -> shardZero(collection)
                                                .getReplicasList()
                                                .equals(List.of("n2")))
                                        .count()
                                == 2,
                        ControlBed.SOON);
    }

    private static ShardTarget servingShard(TreeSnapshot tree) {
        return shardZero(Objects.requireNonNull(tree.collections().get("articles")));
    }

    private static ShardTarget shardZero(CollectionTree collection) {
        int serving = Objects.requireNonNull(collection.serving()).value().getGeneration();
        GenerationTree generation =
                Objects.requireNonNull(collection.generations().get(serving));
        return Objects.requireNonNull(generation.shards().get(0)).value();
    }

    @Tag("slow")
    @ParameterizedTest(name = "dies at {0}, after it took effect: {1}")
    @CsvSource({
        "CREATE_COLLECTION, false",
        "CREATE_COLLECTION, true",
        "SAMPLE, false",
        "PUT_BLOB, false",
        "PUT_BLOB, true",
        "BEGIN_GENERATION, false",
        "BEGIN_GENERATION, true",
        "SEARCH, false",
        "DESCRIBE, false",
        "ASSIGN, false",
        "END_GENERATION, false",
        "END_GENERATION, true",
    })
    void anotherControllerContinuesWhereOneDied(String event, boolean afterApplying) throws Exception {
        ControlPlane first = bed.plane("first", 2);
        bed.nodes.addNode("n1", "z1");
        ControlBed.await(first, ClusterImage::formed);
        boolean birth = event.startsWith("CREATE");
        ByteString uuid = birth ? ByteString.EMPTY : create(first, "articles");
        CountDownLatch died = bed.nodes.trap(event, afterApplying);
        if (birth) {
            Thread.ofVirtual().start(() -> {
                try {
                    first.collections().create(ControlBed.config("articles"), ControlBed.NO_ID, ControlBed.SOON);
                } catch (RuntimeException e) {
                    // Its coordinator dies; the intent is in the tree.
                    assertThat(e).isNotNull();
                }
            });
        } else {
            bed.nodes.addRows(uuid, 2_000);
        }
        assertThat(died.await(10, TimeUnit.SECONDS)).as("reached " + event).isTrue();
        first.close();
        bed.nodes.heal();

        ControlPlane second = bed.plane("second", 2);
        ControlBed.await(second, image -> image.collections().containsKey("articles"));
        if (birth) {
            uuid = second.images().current().collection("articles").spec().getUuid();
            bed.nodes.addRows(uuid, 2_000);
        }
        awaitServing(second, "articles", 1);
        assertThat(bed.nodes.partition(0).collection(uuid).generations.keySet()).containsExactly(1);
        assertThat(bed.nodes.partition(1).collection(uuid).generations.keySet()).containsExactly(1);
    }

    @Test
    void anotherControllerFinishesADrop() throws Exception {
        ControlPlane first = formed(2);
        create(first, "articles");
        CountDownLatch died = bed.nodes.trap("DROP_COLLECTION", true);
        Thread deleting = Thread.ofVirtual().start(() -> {
            try {
                first.collections().delete("articles", ControlBed.SOON);
            } catch (RuntimeException e) {
                assertThat(e).isNotNull();
            }
        });
        assertThat(died.await(10, TimeUnit.SECONDS)).isTrue();
        first.close();
        deleting.join();
        bed.nodes.heal();

        ControlPlane second = bed.plane("second", 2);

        second.images().awaitTree(tree -> tree.formed() && tree.collections().isEmpty(), ControlBed.SOON);
        assertThat(bed.nodes.partition(0).collections).isEmpty();
        assertThat(bed.nodes.partition(1).collections).isEmpty();
    }

    @Test
    @Tag("slow")
    void endsAReplacedGenerationOnlyWhenEveryCoordinatorHasLeftItOrTimeIsUp() throws Exception {
        ControlPlane plane = formed(1);
        ByteString uuid = create(plane, "articles");
        bed.client
                .create()
                .forPath(
                        bed.paths.liveCoordinator("laggard"),
                        ClusterTree.encode(CoordinatorLiveness.newBuilder()
                                .setCoordinator("laggard")
                                .putAdoptedGenerations(Uuids.hex(uuid), 0)
                                .build()));
        bed.nodes.addRows(uuid, 1_000);

        Collection switched = ControlBed.await(plane, "articles", c -> c.getServingGeneration() == 1);
        awaitPasses();
        assertThat(plane.collections().get("articles").getGenerations(0).getState())
                .isEqualTo(GenerationState.GENERATION_STATE_ENDING);
        assertThat(bed.nodes.partition(0).orders).doesNotContain("END_GENERATION");
        assertThat(switched.getGenerationsCount()).isEqualTo(2);

        ControlBed.await(plane, "articles", c -> c.getGenerationsCount() == 1);
        assertThat(bed.nodes.partition(0).orders).contains("END_GENERATION");
    }

    private ControlPlane formed(int partitions) {
        ControlPlane plane = bed.plane("a", partitions);
        bed.nodes.addNode("n1", "z1");
        ControlBed.await(plane, ClusterImage::formed);
        return plane;
    }

    private static ByteString create(ControlPlane plane, String name) {
        plane.collections().create(ControlBed.config(name), ControlBed.NO_ID, ControlBed.SOON);
        return plane.images().current().collection(name).spec().getUuid();
    }

    private static Collection awaitServing(ControlPlane plane, String name, int generation) {
        return ControlBed.await(
                plane, name, c -> c.getServingGeneration() == generation && c.getGenerationsCount() == 1);
    }

    /** Nothing happens: shown by the controller having looked a few times. */
    private void awaitPasses() {
        bed.nodes.awaitDescribes(8);
    }
}
