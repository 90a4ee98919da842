package io.voronode.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.voronode.coordinator.image.CellMapStore;
import io.voronode.coordinator.image.TreeSnapshot;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.ClusterFormat;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.Endpoints;
import io.voronode.proto.internal.v1.GenerationPhase;
import io.voronode.proto.internal.v1.MovementSettings;
import io.voronode.proto.internal.v1.NodeLiveness;
import io.voronode.proto.internal.v1.NodeRegistration;
import io.voronode.proto.internal.v1.PartitionCollectionStatus;
import io.voronode.proto.internal.v1.PartitionGenerationStatus;
import io.voronode.proto.internal.v1.PartitionMemory;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.RecallClusterResponse;
import io.voronode.proto.internal.v1.ShardAssignment;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.wire.VoronodeException.Conflict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two partitions on three nodes, of which the tests change what they say. */
class TreeRecoveryTest {
    private static final ByteString CLUSTER = ByteString.copyFromUtf8("cluster");
    private static final ByteString UUID = ByteString.copyFromUtf8("articles-16bytes");
    private static final CollectionSpec SPEC = CollectionSpec.newBuilder()
            .setUuid(UUID)
            .setName("articles")
            .setDimension(4)
            .setMetric(Metric.EUCLIDEAN.wireNumber())
            .setIndexKind(1)
            .setTrainAt(1_000)
            .build();
    private static final List<String> NODES = List.of("n1", "n2", "n3");

    private final Map<String, DescribeNodeResponse.Builder> reports = new HashMap<>();
    private final Map<String, RecallClusterResponse.Builder> memories = new HashMap<>();
    private boolean mapsLost;

    @BeforeEach
    void makeCluster() {
        List<PartitionTarget> targets =
                IntStream.range(0, 2).mapToObj(TreeRecoveryTest::target).toList();
        for (String node : NODES) {
            DescribeNodeResponse.Builder report =
                    DescribeNodeResponse.newBuilder().setNode(node).setPeerId("disk-" + node);
            RecallClusterResponse.Builder memory = RecallClusterResponse.newBuilder()
                    .setNode(node)
                    .setPeerId("disk-" + node)
                    .setRegistration(NodeRegistration.newBuilder().setNode(node).setZone("zone-" + node))
                    .setAssignment(AssignRequest.newBuilder()
                            .setEpoch(7)
                            .setNode(node)
                            .setFormat(ClusterFormat.newBuilder()
                                    .setLayoutVersion(1)
                                    .setClusterUuid(CLUSTER)
                                    .setPartitionCount(2))
                            .addAllAllPartitions(targets));
            for (PartitionTarget target : targets) {
                boolean leader = node.equals(target.getPreferredLeader());
                PartitionStatus.Builder status = PartitionStatus.newBuilder()
                        .setPartition(target.getPartition())
                        .setGroupUuid(target.getGroupUuid())
                        .setLeader(leader)
                        .setTerm(3)
                        .addCollections(collection(0));
                if (leader) {
                    NODES.forEach(voter -> status.addVoters("disk-" + voter));
                }
                report.addPartitions(status);
                memory.addPartitions(PartitionMemory.newBuilder().setTarget(target));
            }
            report.addShards(shard(0, true));
            reports.put(node, report);
            memories.put(node, memory);
        }
    }

    private static PartitionTarget target(int partition) {
        PartitionTarget.Builder target = PartitionTarget.newBuilder()
                .setPartition(partition)
                .setGroupUuid(ByteString.copyFromUtf8("group-" + partition))
                .setPreferredLeader(NODES.get(partition % NODES.size()));
        NODES.forEach(node -> target.addPeers(PartitionPeer.newBuilder()
                .setNode(node)
                .setPeerId("disk-" + node)
                .setRaftAddress(node + ":1")));
        return target.build();
    }

    private static PartitionCollectionStatus collection(int... generations) {
        PartitionCollectionStatus.Builder status =
                PartitionCollectionStatus.newBuilder().setSpec(SPEC).setLiveRows(50);
        for (int generation : generations) {
            status.addGenerations(PartitionGenerationStatus.newBuilder()
                    .setGeneration(generation)
                    .setCellMapDigest(ByteString.copyFromUtf8("map-" + generation)));
            status.setLastGeneration(Math.max(generation, status.getLastGeneration()));
        }
        return status.build();
    }

    private static ShardStatus shard(int generation, boolean ready) {
        return ShardStatus.newBuilder()
                .setCollectionUuid(UUID)
                .setGeneration(generation)
                .setReady(ready)
                .build();
    }

    private void everyLeaderSays(PartitionCollectionStatus status) {
        everyReplica((node, replica) -> replica.setCollections(0, status));
    }

    private void everyReplica(java.util.function.BiConsumer<String, PartitionStatus.Builder> change) {
        reports.forEach(
                (node, report) -> report.getPartitionsBuilderList().forEach(replica -> change.accept(node, replica)));
    }

    private RecoveredTree recovered() {
        TreeMap<String, NodeLiveness> live = new TreeMap<>();
        NODES.forEach(node -> live.put(
                node,
                NodeLiveness.newBuilder()
                        .setNode(node)
                        .setEndpoints(Endpoints.newBuilder().setRaft(node + ":2"))
                        .build()));
        TreeSnapshot tree = new TreeSnapshot(
                null,
                null,
                MovementSettings.getDefaultInstance(),
                new TreeMap<>(),
                live,
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>());
        Map<String, DescribeNodeResponse> said = new HashMap<>();
        reports.forEach((node, report) -> said.put(node, report.build()));
        TreeMap<String, RecallClusterResponse> remembered = new TreeMap<>();
        memories.forEach((node, memory) -> remembered.put(node, memory.build()));
        return TreeRecovery.of(
                new Recollection(tree, new Reports(said), remembered),
                (spec, digest, partition) -> mapsLost ? Optional.empty() : Optional.of(CellMapStore.single(spec)),
                1_000);
    }

    private void assertRefused(String... reasons) {
        assertThatThrownBy(this::recovered)
                .isInstanceOf(Conflict.class)
                .hasMessageContainingAll("the cluster tree cannot be recovered", String.join("; ", reasons));
    }

    private static RecoveredTree.Collection articles(RecoveredTree tree) {
        return Objects.requireNonNull(tree.collections().get("articles"));
    }

    private static RecoveredTree.Generation generation(RecoveredTree.Collection collection, int number) {
        return Objects.requireNonNull(collection.generations().get(number));
    }

    private DescribeNodeResponse.Builder report(String node) {
        return Objects.requireNonNull(reports.get(node));
    }

    private RecallClusterResponse.Builder memory(String node) {
        return Objects.requireNonNull(memories.get(node));
    }

    private void silence(String node) {
        reports.remove(node);
        memories.remove(node);
    }

    // ---- what is recovered

    @Test
    void aTreeIsMadeOfWhatNodesHoldAndRemember() {
        RecoveredTree tree = recovered();

        assertThat(tree.format().getClusterUuid()).isEqualTo(CLUSTER);
        assertThat(tree.format().getPartitionCount()).isEqualTo(2);
        assertThat(tree.registrations())
                .extracting(NodeRegistration::getZone)
                .containsExactly("zone-n1", "zone-n2", "zone-n3");
        assertThat(tree.targets())
                .extracting(PartitionTarget::getPreferredLeader)
                .containsExactly("n1", "n2");
        assertThat(tree.targets().getFirst().getPeersList())
                .as("where the nodes are now")
                .extracting(PartitionPeer::getRaftAddress)
                .containsExactly("n1:2", "n2:2", "n3:2");
        assertThat(articles(tree)).satisfies(collection -> {
            assertThat(collection.serving()).isZero();
            assertThat(collection.config().getSpec()).isEqualTo(SPEC);
            assertThat(generation(collection, 0).node().getPhase()).isEqualTo(GenerationPhase.GENERATION_PHASE_SERVING);
            assertThat(generation(collection, 0).shards())
                    .singleElement()
                    .satisfies(shard -> assertThat(shard.getReplicasList()).containsExactly("n1", "n2", "n3"));
        });
    }

    @Test
    void ofTwoGenerationsTheOneThatServedServesAndTheOtherIsBuiltToItsEnd() {
        everyLeaderSays(collection(3, 4));

        RecoveredTree.Collection collection = articles(recovered());

        assertThat(collection.serving()).isEqualTo(3);
        assertThat(collection.config().getLastGeneration()).isEqualTo(4);
        assertThat(generation(collection, 3).node().getTrainedRecords()).isEqualTo(100);
        assertThat(generation(collection, 4).node().getPhase()).isEqualTo(GenerationPhase.GENERATION_PHASE_BUILDING);
    }

    @Test
    void aGenerationThatAPartitionHasEndedIsEndedInAll() {
        everyReplica((node, replica) ->
                replica.setCollections(0, replica.getPartition() == 0 ? collection(3, 4) : collection(4)));

        RecoveredTree.Collection collection = articles(recovered());

        assertThat(collection.serving()).isEqualTo(4);
        assertThat(generation(collection, 3).node().getPhase()).isEqualTo(GenerationPhase.GENERATION_PHASE_ENDING);
        assertThat(generation(collection, 3).shards()).isEmpty();
    }

    @Test
    void aShardIsWhereItIsReadyElseWhereItWasToldToBeElseWhereItIsPlacedNow() {
        everyLeaderSays(collection(1));
        assertThat(replicas(recovered())).as("placed").hasSize(2);

        memory("n2")
                .getAssignmentBuilder()
                .addShards(ShardAssignment.newBuilder().setCollection(SPEC).setGeneration(1));
        assertThat(replicas(recovered())).as("told").containsExactly("n2");

        report("n1").addShards(shard(1, false));
        assertThat(replicas(recovered())).as("held").containsExactly("n1");

        report("n3").addShards(shard(1, true));
        assertThat(replicas(recovered())).as("ready").containsExactly("n3");
    }

    private static List<String> replicas(RecoveredTree tree) {
        return generation(articles(tree), 1).shards().getFirst().getReplicasList();
    }

    @Test
    void aGenerationWhoseMapIsLostIsTrainedAnew() {
        everyLeaderSays(collection(1));
        mapsLost = true;

        RecoveredTree tree = recovered();

        assertThat(articles(tree).config().getRequestedGeneration()).isEqualTo(2);
        assertThat(tree.notes()).anyMatch(note -> note.contains("is trained anew"));
    }

    @Test
    void aCollectionThatAPartitionHasDroppedIsDroppedToTheEnd() {
        everyReplica((node, replica) -> {
            if (replica.getPartition() == 1) {
                replica.clearCollections();
            }
        });
        memory("n2").getPartitionsBuilder(1).addDroppedCollections(UUID);

        assertThat(articles(recovered()).config().getDropping()).isTrue();
    }

    @Test
    void aCollectionThatWasBeingMadeIsMade() {
        PartitionCollectionStatus empty =
                collection(0).toBuilder().setLiveRows(0).build();
        everyReplica((node, replica) -> {
            replica.clearCollections();
            if (replica.getPartition() == 0) {
                replica.addCollections(empty);
            }
        });

        RecoveredTree.Collection collection = articles(recovered());

        assertThat(collection.serving()).isNull();
        assertThat(collection.generations()).isEmpty();
    }

    @Test
    void aHalfRestoredCollectionIsShownAndSaidToBeSo() {
        everyLeaderSays(collection(0).toBuilder()
                .setSpec(SPEC.toBuilder().setRestoring(true))
                .build());

        RecoveredTree tree = recovered();

        assertThat(articles(tree).config().getSpec()).isEqualTo(SPEC);
        assertThat(tree.notes()).anyMatch(note -> note.contains("it may lack records"));
    }

    @Test
    void aLostMinorityIsNamedByWhatIsRememberedOfIt() {
        silence("n3");

        RecoveredTree tree = recovered();

        assertThat(tree.targets().getFirst().getPeersList())
                .extracting(PartitionPeer::getNode)
                .containsExactly("n1", "n2", "n3");
        assertThat(tree.targets().getFirst().getPeers(2).getRaftAddress()).isEqualTo("n3:1");
        assertThat(tree.registrations())
                .as("it may come back with what it holds")
                .extracting(NodeRegistration::getNode)
                .containsExactly("n1", "n2", "n3");
        assertThat(tree.notes()).anyMatch(note -> note.contains("[n3] live but do not answer"));
    }

    // ---- what is refused

    @Test
    void refusesTwoClusters() {
        memory("n3").getAssignmentBuilder().getFormatBuilder().setClusterUuid(ByteString.copyFromUtf8("another"));

        assertRefused("there are several clusters: " + Uuids.hex(ByteString.copyFromUtf8("another")) + " by [n3], "
                + Uuids.hex(CLUSTER) + " by [n1, n2]");
    }

    @Test
    void refusesWhereTheNumberOfPartitionsIsNotAgreedOrNotKnown() {
        memory("n3").getAssignmentBuilder().getFormatBuilder().setPartitionCount(3);
        assertRefused("it is not agreed how many partitions there are: {2=[n1, n2], 3=[n3]}");

        memories.values().forEach(RecallClusterResponse.Builder::clearAssignment);
        assertRefused("no node that answers remembers how many partitions there are");
    }

    @Test
    void refusesPartitionsWithoutAHolderAndNamesEach() {
        memories.values().forEach(memory -> {
            memory.getAssignmentBuilder().getFormatBuilder().setPartitionCount(4);
            memory.getAssignmentBuilder().addAllPartitions(target(3));
        });

        assertRefused(
                "partition 2 is on no node that answers",
                "partition 3 is on no node that answers; it was last placed on [n1, n2, n3]");
    }

    @Test
    void refusesAPartitionWithoutALeader() {
        everyReplica((node, replica) -> {
            if (replica.getPartition() == 1) {
                replica.setLeader(false);
            }
        });

        assertRefused("partition 1 has no leader: of its replicas only those on [n1, n2, n3] answer; "
                + "it was last placed on [n1, n2, n3]");
    }

    @Test
    void refusesALeaderWithoutAMajority() {
        silence("n2");
        silence("n3");
        everyReplica((node, replica) ->
                replica.setLeader(true).clearVoters().addAllVoters(List.of("disk-n1", "disk-n2", "disk-n3")));

        assertRefused(
                "partition 0 has no majority: of 3 voters only those on [n1] answer",
                "partition 1 has no majority: of 3 voters only those on [n1] answer");
    }

    @Test
    void refusesAPartitionThatIsHeldAsTwoGroups() {
        everyReplica((node, replica) -> {
            if (node.equals("n3") && replica.getPartition() == 0) {
                replica.setGroupUuid(ByteString.copyFromUtf8("group-x"));
            }
        });

        assertRefused("partition 0 is held as different groups: " + Uuids.hex(ByteString.copyFromUtf8("group-0"))
                + " on [n1, n2], " + Uuids.hex(ByteString.copyFromUtf8("group-x")) + " on [n3]");
    }

    @Test
    void refusesACollectionWithRecordsThatAPartitionDoesNotKnow() {
        everyReplica((node, replica) -> {
            if (replica.getPartition() == 1) {
                replica.clearCollections();
            }
        });

        assertRefused("collection \"articles\" is unknown to partitions [1], while others have records of it");
    }

    @Test
    void refusesTwoCollectionsOfOneName() {
        everyReplica((node, replica) -> replica.addCollections(collection(0).toBuilder()
                .setSpec(SPEC.toBuilder().setUuid(ByteString.copyFromUtf8("other-16-bytes..")))));

        assertThatThrownBy(this::recovered)
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("two collections are named \"articles\"");
    }
}
