package io.voronode.coordinator.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.engine.clustering.ProbeCalibrator;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.proto.internal.v1.CollectionNode;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.Endpoints;
import io.voronode.proto.internal.v1.GenerationNode;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.ServingNode;
import io.voronode.proto.internal.v1.ShardTarget;
import io.voronode.wire.ClusterTree;
import io.voronode.wire.VoronodeException.NotFound;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ImageBuilderTest {
    private static final ClusterTree PATHS = new ClusterTree("test");
    private static final CellMap MAP = CellMap.single(Metric.EUCLIDEAN, 2);

    private final TreeMap<String, Znode> znodes = new TreeMap<>();
    private final Set<Integer> mapsInHand = new HashSet<>();
    private final Map<ByteString, ProbeCalibration> calibrations = new HashMap<>();
    private ClusterImage image = ClusterImage.EMPTY;

    @Test
    void leavesOutACollectionUntilItsServingGenerationIsComplete() {
        put(PATHS.collectionConfig("c"), config("uuid-1"));
        assertThat(next().collections()).isEmpty();

        put(PATHS.generation("c", 0), generation(0, 2));
        put(PATHS.serving("c"), ServingNode.getDefaultInstance());
        assertThat(next().collections()).isEmpty();

        put(PATHS.shard("c", 0, 0), shard(0));
        ClusterImage incomplete = next();
        assertThat(incomplete.collections()).as("a target is missing").isEmpty();
        assertThatExceptionOfType(Unavailable.class)
                .isThrownBy(() -> incomplete.collection("c"))
                .withMessageContaining("\"c\"");
        assertThatExceptionOfType(NotFound.class).isThrownBy(() -> incomplete.collection("other"));

        put(PATHS.shard("c", 0, 1), shard(1));
        assertThat(next().incomplete()).as("its map is not in hand").containsExactly("c");
    }

    @Test
    void doesNotPromiseACollectionThatIsBeingDropped() {
        put(
                PATHS.collectionConfig("c"),
                config("uuid-1").toBuilder().setDropping(true).build());

        assertThatExceptionOfType(NotFound.class).isThrownBy(() -> next().collection("c"));
    }

    @Test
    void goesOnServingTheLastGenerationWhileTheMapOfTheNextIsOnItsWay() {
        serveGenerationZero("uuid-1");

        put(PATHS.generation("c", 1), generation(1, 1));
        put(PATHS.shard("c", 1, 0), shard(0));
        put(PATHS.serving("c"), ServingNode.newBuilder().setGeneration(1).build());
        remove(PATHS.shard("c", 0, 0));
        remove(PATHS.generation("c", 0));
        CollectionImage waiting = next().collection("c");
        assertThat(waiting.serving()).isZero();
        assertThat(waiting.generations()).containsOnlyKeys(0);

        mapsInHand.add(1);
        CollectionImage adopted = next().collection("c");
        assertThat(adopted.serving()).isEqualTo(1);
        assertThat(adopted.generations()).containsOnlyKeys(1);
    }

    @Test
    void adoptsAGenerationThatIsBuiltOnlyWithAllItsTargets() {
        serveGenerationZero("uuid-1");
        mapsInHand.add(1);
        put(PATHS.generation("c", 1), generation(1, 1));
        assertThat(next().collection("c").generations()).containsOnlyKeys(0);

        put(PATHS.shard("c", 1, 0), shard(0));
        assertThat(next().collection("c").generations()).containsOnlyKeys(0, 1);
    }

    @Test
    void keepsTheLastCalibrationOfAGenerationWhileTheNextIsOnItsWay() {
        ByteString first = ByteString.copyFromUtf8("first");
        ByteString second = ByteString.copyFromUtf8("second");
        serveGenerationZero("uuid-1");
        assertThat(next().collection("c").servingGeneration().calibration()).isNull();

        put(PATHS.generation("c", 0), calibrated(first));
        assertThat(next().collection("c").servingGeneration().calibration()).isNull();
        calibrations.put(first, calibration());
        assertThat(next().collection("c").servingGeneration().calibration()).isSameAs(calibrations.get(first));

        put(PATHS.generation("c", 0), calibrated(second));
        assertThat(next().collection("c").servingGeneration().calibration()).isSameAs(calibrations.get(first));
        calibrations.put(second, calibration());
        assertThat(next().collection("c").servingGeneration().calibration()).isSameAs(calibrations.get(second));
    }

    private static GenerationNode calibrated(ByteString digest) {
        return generation(0, 1).toBuilder().setCalibrationDigest(digest).build();
    }

    private static ProbeCalibration calibration() {
        ProbeCalibrator calibrator = new ProbeCalibrator();
        calibrator.add(new float[] {1, 2}, 1, new int[] {0});
        return calibrator.fit(MAP.digest());
    }

    @Test
    void keepsNothingOfADroppedCollectionForItsSuccessorOfTheSameName() {
        serveGenerationZero("uuid-1");
        mapsInHand.clear();

        put(PATHS.collectionConfig("c"), config("uuid-2"));

        assertThat(next().collections()).isEmpty();
    }

    @Test
    void outlivesATreeThatIsLostInPartOrAltogether() {
        put(
                PATHS.format(),
                ClusterFormat.newBuilder()
                        .setPartitionCount(1)
                        .setClusterUuid(ByteString.copyFromUtf8("u"))
                        .build());
        put(
                PATHS.partitionTarget(0),
                PartitionTarget.newBuilder().setPartition(0).build());
        put(PATHS.liveNode("n1", "1"), NodeLiveness.newBuilder().setNode("n1").build());
        serveGenerationZero("uuid-1");
        ClusterImage whole = next();
        assertThat(whole.formed()).isTrue();

        remove(PATHS.partitionTarget(0));
        assertThat(next().partitions()).as("targets are lost").isEqualTo(whole.partitions());

        znodes.clear();
        put(PATHS.liveNode("n2", "2"), NodeLiveness.newBuilder().setNode("n2").build());
        ClusterImage survivor = next();
        assertThat(survivor.collections()).isEqualTo(whole.collections());
        assertThat(survivor.partitions()).isEqualTo(whole.partitions());
        assertThat(survivor.clusterUuid()).isEqualTo(whole.clusterUuid());
        assertThat(survivor.nodes()).as("who has come since").containsOnlyKeys("n1", "n2");

        put(
                PATHS.format(),
                ClusterFormat.newBuilder()
                        .setPartitionCount(1)
                        .setClusterUuid(ByteString.copyFromUtf8("v"))
                        .build());
        assertThat(next().partitions()).as("of another cluster").isEmpty();
    }

    @Test
    void showsPartitionsOnlyWhenAllHaveTargets() {
        put(PATHS.format(), ClusterFormat.newBuilder().setPartitionCount(2).build());
        put(
                PATHS.partitionTarget(0),
                PartitionTarget.newBuilder().setPartition(0).build());
        assertThat(next().formed()).isFalse();
        assertThat(next().partitions()).isEmpty();

        put(
                PATHS.partitionTarget(1),
                PartitionTarget.newBuilder().setPartition(1).build());
        assertThat(next().formed()).isTrue();
    }

    @Test
    void believesTheNewestIncarnationOfANode() {
        put(PATHS.liveNode("n", "zz"), live("old"), 5);
        put(PATHS.liveNode("n", "aa"), live("new"), 9);

        assertThat(next().rpcAddress("n")).contains("new");

        remove(PATHS.liveNode("n", "aa"));
        assertThat(next().rpcAddress("n")).contains("old");
    }

    private void serveGenerationZero(String uuid) {
        mapsInHand.add(0);
        put(PATHS.collectionConfig("c"), config(uuid));
        put(PATHS.generation("c", 0), generation(0, 1));
        put(PATHS.shard("c", 0, 0), shard(0));
        put(PATHS.serving("c"), ServingNode.getDefaultInstance());
        assertThat(next().collection("c").serving()).isZero();
    }

    private ClusterImage next() {
        image = ImageBuilder.next(image, TreeParser.parse(PATHS, znodes.values()), new InHand());
        return image;
    }

    private final class InHand implements ImageBuilder.BlobLookup {
        @Override
        public @Nullable CellMap map(CollectionSpec spec, GenerationNode node) {
            return mapsInHand.contains(node.getGeneration()) ? MAP : null;
        }

        @Override
        public @Nullable ProbeCalibration calibration(CollectionSpec spec, GenerationNode node) {
            return calibrations.get(node.getCalibrationDigest());
        }
    }

    private void put(String path, Message content) {
        put(path, content, 1);
    }

    private void put(String path, Message content, long creation) {
        znodes.put(path, new Znode(path, ClusterTree.encode(content), 0, creation));
    }

    private void remove(String path) {
        znodes.remove(path);
    }

    private static CollectionNode config(String uuid) {
        return CollectionNode.newBuilder()
                .setSpec(CollectionSpec.newBuilder()
                        .setName("c")
                        .setUuid(ByteString.copyFromUtf8(uuid))
                        .setDimension(2)
                        .setMetric(1))
                .build();
    }

    private static GenerationNode generation(int number, int shards) {
        return GenerationNode.newBuilder()
                .setGeneration(number)
                .setCellMapDigest(CellMapStore.digestOf(MAP))
                .setCellCount(1)
                .setShardCount(shards)
                .build();
    }

    private static ShardTarget shard(int number) {
        return ShardTarget.newBuilder().setShard(number).addReplicas("n").build();
    }

    private static NodeLiveness live(String address) {
        return NodeLiveness.newBuilder()
                .setNode("n")
                .setEndpoints(Endpoints.newBuilder().setRpc(address))
                .build();
    }
}
