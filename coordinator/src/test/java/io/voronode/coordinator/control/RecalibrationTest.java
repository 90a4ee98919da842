package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.canary.RecallCanary;
import io.voronode.coordinator.compute.Compute;
import io.voronode.coordinator.compute.TextVectors;
import io.voronode.coordinator.gather.Gather;
import io.voronode.coordinator.image.BlobCache;
import io.voronode.coordinator.image.ClusterImage;
import io.voronode.coordinator.image.CollectionTree;
import io.voronode.coordinator.image.GenerationImage;
import io.voronode.coordinator.image.GenerationTree;
import io.voronode.coordinator.route.Images;
import io.voronode.coordinator.route.PartitionRouter;
import io.voronode.coordinator.route.ShardReplicas;
import io.voronode.coordinator.rows.Freshness;
import io.voronode.coordinator.rows.RowReader;
import io.voronode.engine.clustering.CalibrationPlan;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.engine.clustering.ProbeCalibrator;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.Vector;
import io.voronode.wire.ClusterTree;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How the calibration of a generation that serves is replaced. */
class RecalibrationTest extends ControlTest {
    private static final String NAME = "articles";
    private static final int DIMENSION = 8;

    private final List<float[]> queries = queries();
    private ControlPlane controller;
    private ControlPlane other;
    private ByteString uuid;

    private static List<float[]> queries() {
        Random random = new Random(9);
        List<float[]> queries = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            float[] vector = new float[DIMENSION];
            for (int j = 0; j < DIMENSION; j++) {
                vector[j] = (float) random.nextGaussian();
            }
            queries.add(vector);
        }
        return queries;
    }

    @BeforeEach
    void serveACalibratedGeneration() {
        controller = bed.plane("a", 2);
        bed.nodes.addNode("n1", "z1");
        ControlBed.await(controller, ClusterImage::formed);
        other = bed.plane("b", 2);
        controller.collections().create(ControlBed.config(NAME), ControlBed.NO_ID, ControlBed.SOON);
        uuid = controller.images().current().collection(NAME).spec().getUuid();
        bed.nodes.addRows(uuid, 2_000);
        ControlBed.await(controller, NAME, c -> c.getServingGeneration() == 1 && c.getGenerationsCount() == 1);
        for (ControlPlane plane : List.of(controller, other)) {
            awaitCalibration(plane, tree(controller).getCalibrationDigest());
        }
    }

    /** By the digest of what is used, not of what the tree names. */
    private static void awaitCalibration(ControlPlane plane, ByteString digest) {
        ControlBed.await(plane, image -> image.collections().containsKey(NAME) && digest.equals(used(image)));
    }

    private static ByteString used(ClusterImage image) {
        ProbeCalibration calibration =
                image.collection(NAME).servingGeneration().calibration();
        return calibration == null ? ByteString.EMPTY : BlobCache.digestOf(calibration.encode());
    }

    private static GenerationNode tree(ControlPlane plane) {
        return generation(plane).value();
    }

    private static GenerationTree generation(ControlPlane plane) {
        CollectionTree collection = Objects.requireNonNull(
                plane.images().refreshTree().collections().get(NAME));
        return Objects.requireNonNull(collection.generations().get(1));
    }

    /** Puts a calibration into force that takes one cell for any recall. */
    private ByteString plantATooLowCalibration() throws Exception {
        GenerationImage serving = controller.images().current().collection(NAME).servingGeneration();
        CellMap map = serving.map();
        ProbeCalibrator calibrator = new ProbeCalibrator();
        for (float[] query : queries) {
            calibrator.add(map.rank(query, map.cellCount()).distances(), 10, new int[10]);
        }
        byte[] encoded = calibrator.fit(map.digest()).encode();
        ByteString digest = BlobCache.digestOf(encoded);
        synchronized (bed.nodes) {
            bed.nodes
                    .partition(0)
                    .blobs
                    .computeIfAbsent(digest, ignored -> new TreeMap<>())
                    .put(0, ByteString.copyFrom(encoded));
        }
        GenerationNode planted = serving.node().toBuilder()
                .setCalibrationDigest(digest)
                .setCalibrationPartition(0)
                .build();
        bed.client.setData().forPath(bed.paths.generation(NAME, 1), ClusterTree.encode(planted));
        for (ControlPlane plane : List.of(controller, other)) {
            awaitCalibration(plane, digest);
        }
        return digest;
    }

    @Test
    void aCoordinatorHasTheControllerCalibrateAnewByItsQueries() throws Exception {
        ByteString planted = plantATooLowCalibration();
        assertThat(other.controls()).isFalse();

        assertThat(other.recalibrate(uuid, 1, planted, queries)).isTrue();

        ControlBed.await(other, image -> !planted.equals(used(image)));
        ProbeCalibration renewed = Objects.requireNonNull(
                other.images().current().collection(NAME).servingGeneration().calibration());
        assertThat(renewed.toString()).contains("k 10: 120 queries");
        // Half of the neighbours are in one of two cells.
        assertThat(renewed.recall(10, renewed.rule(10, 0.99))).isGreaterThan(0.98);
        assertThat(renewed.meanProbes(10, renewed.rule(10, 0.99))).isGreaterThan(1.5);
        assertThat(tree(other).getPhase()).isEqualTo(tree(controller).getPhase());
    }

    @Test
    void theBlobOfAReplacedCalibrationIsDeletedWithItsCollection() throws Exception {
        ByteString planted = plantATooLowCalibration();
        controller.recalibrate(uuid, 1, planted, queries);
        ControlBed.await(controller, image -> !planted.equals(used(image)));
        assertThat(tree(controller).getReplacedCalibrationsList()).containsExactly(planted);

        controller.collections().delete(NAME, ControlBed.SOON);

        synchronized (bed.nodes) {
            assertThat(bed.nodes.partition(0).blobs).doesNotContainKey(planted);
        }
    }

    @Test
    void theControllerAsksItself() throws Exception {
        ByteString planted = plantATooLowCalibration();

        assertThat(controller.recalibrate(uuid, 1, planted, queries)).isTrue();

        ControlBed.await(controller, image -> !planted.equals(used(image)));
    }

    @Test
    void calibratesACollectionAnewOnceInAnHour() throws Exception {
        ByteString planted = plantATooLowCalibration();
        controller.recalibrate(uuid, 1, planted, queries);
        ControlBed.await(controller, image -> !planted.equals(used(image)));

        assertThat(other.recalibrate(uuid, 1, used(controller.images().current()), queries))
                .isFalse();
    }

    @Test
    void aRequestAboutAnotherCalibrationChangesNothingAndLeavesRoomForThatOfThisOne() throws Exception {
        ByteString planted = plantATooLowCalibration();
        int version = generation(controller).node().version();

        controller.recalibrate(uuid, 1, ByteString.copyFromUtf8("replaced before"), queries);
        bed.nodes.awaitDescribes(8);
        assertThat(generation(controller).node().version()).isEqualTo(version);

        assertThat(controller.recalibrate(uuid, 1, planted, queries)).isTrue();
        ControlBed.await(controller, image -> !planted.equals(used(image)));
    }

    @Test
    void calibratesByNoMoreQueriesThanItWouldByRows() throws Exception {
        ByteString planted = plantATooLowCalibration();
        int most = CalibrationPlan.queries(2_000, DIMENSION, true);

        controller.recalibrate(uuid, 1, planted, Collections.nCopies(most + 1, queries.getFirst()));

        ControlBed.await(controller, image -> !planted.equals(used(image)));
        assertThat(String.valueOf(controller
                        .images()
                        .current()
                        .collection(NAME)
                        .servingGeneration()
                        .calibration()))
                .contains("k 10: " + most + " queries");
    }

    @Test
    void queriesThatDoNotFitChangeNothing() throws Exception {
        ByteString planted = plantATooLowCalibration();
        int version = generation(controller).node().version();

        controller.recalibrate(uuid, 1, planted, List.of(new float[DIMENSION + 1]));

        bed.nodes.awaitDescribes(8);
        assertThat(generation(controller).node().version()).isEqualTo(version);
        assertThat(used(controller.images().current())).isEqualTo(planted);
    }

    @Test
    void searchesThatMissTheirTargetHaveTheCalibrationReplacedSoThatTheyMeetIt() throws Exception {
        ByteString planted = plantATooLowCalibration();
        try (Compute compute = new Compute();
                RecallCanary canary = canary(gather(compute), other)) {
            SearchParams params =
                    SearchParams.newBuilder().setK(10).setTargetRecall(0.99).build();
            queries.subList(0, 99).forEach(query -> search(gather(compute), canary, query, params));
            assertThat(canary.meanExcess(uuid)).isLessThan(-0.1);
            assertThat(used(other.images().current())).isEqualTo(planted);

            // One says that it is sure, a hundred more are collected.
            queries.subList(19, 120).forEach(query -> search(gather(compute), canary, query, params));
            assertThat(canary.recalibrations()).isEqualTo(1);
            ControlBed.await(other, image -> !planted.equals(used(image)));

            queries.forEach(query -> search(gather(compute), canary, query, params));
            assertThat(canary.done()).isEqualTo(320);
            assertThat(canary.failed() + canary.skipped()).isZero();
            // Of the new calibration alone. Some of the queries are not those that it was made with.
            assertThat(canary.meanRecall(uuid)).isGreaterThan(0.98);
            assertThat(canary.meanExcess(uuid)).isGreaterThan(-0.01);
        }
    }

    /** The searches of the coordinator that does not lead. */
    private Gather gather(Compute compute) {
        Images images = new Images(other.images());
        PartitionRouter partitions = new PartitionRouter(images, bed.channels);
        Freshness freshness = new Freshness(partitions);
        TextVectors noTexts = new TextVectors(model -> {
            throw new IllegalArgumentException("no model " + model);
        });
        return new Gather(
                images,
                bed.channels,
                new ShardReplicas(),
                freshness,
                new RowReader(images, partitions, freshness),
                noTexts,
                compute,
                InstantSource.system());
    }

    /** Of every search, at once, in no time. */
    private static RecallCanary canary(Gather gather, ControlPlane plane) {
        return new RecallCanary(
                1,
                gather::searchInBackground,
                plane::recalibrate,
                new RecallCanary.Surroundings(Runnable::run, () -> 2, () -> 0, () -> 0));
    }

    private void search(Gather gather, RecallCanary canary, float[] vector, SearchParams params) {
        Vector.Builder values = Vector.newBuilder();
        for (float value : vector) {
            values.addValues(value);
        }
        canary.answered(
                gather.search(
                        other.images().current().collection(NAME),
                        List.of(Query.newBuilder().setVector(values).build()),
                        params),
                params);
    }
}
