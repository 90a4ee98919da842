package io.voronode.shardnode.partition;

import static io.voronode.shardnode.partition.Requests.control;
import static io.voronode.shardnode.partition.Requests.createCollection;
import static io.voronode.shardnode.partition.Requests.operations;
import static io.voronode.shardnode.partition.Requests.stamp;
import static io.voronode.shardnode.partition.Requests.upsert;
import static io.voronode.shardnode.partition.Requests.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grpc.StatusRuntimeException;
import io.voronode.proto.internal.v1.BarrierRequest;
import io.voronode.proto.internal.v1.ChangePeersRequest;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.LeftGroup;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionStatus;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.ScanRequest;
import io.voronode.proto.internal.v1.ScanResponse;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group that was formed by one node gets more voters, as a controller would have it, while nodes come and go. */
@Tag("slow")
class GrowingGroupTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    /** Small files and few of them, so that a new peer needs a snapshot. */
    private static final PartitionLimits SMALL =
            new PartitionLimits(1_000, 16 << 20, 8, 64 << 10, Duration.ofMinutes(10), 1_000, 1 << 30, 64 << 10, 1);
    /** Longer than any election timeout. */
    private static final Duration SOME_ELECTIONS = Duration.ofSeconds(5);

    private static final String LARGE_PAYLOAD = "\"" + "x".repeat(400_000) + "\"";
    private static final String PAYLOAD = "\"" + "x".repeat(2_000) + "\"";

    @TempDir
    private Path folder;

    /** A thread that writes looks through them while others come. */
    private final List<TestNode> nodes = new CopyOnWriteArrayList<>();

    private final Set<String> acknowledged = new ConcurrentSkipListSet<>();
    private PartitionTarget target = PartitionTarget.getDefaultInstance();
    private int nextKey;
    private volatile boolean writing;

    @BeforeEach
    void formAlone() {
        TestNode first = start("a");
        target = TestNode.target(0, first.peer());
        assign();
        leader().rows().control(control(0, createCollection(SPEC, 1)));
        for (int i = 0; i < 200; i++) {
            put();
        }
    }

    @AfterEach
    void close() {
        writing = false;
        nodes.forEach(TestNode::close);
    }

    @Test
    void growsToThreeUnderWritesAndLosesNothingWhenTheFirstOneDies() throws Exception {
        TestNode first = nodes.getFirst();
        Thread writer = startWriting();
        var lineage = leader().status(0).getPosition().getLineage();
        TestNode second = start("b");
        TestNode third = start("c");

        grow(second);
        grow(third);
        int before = acknowledged.size();
        first.stop();

        TestNode.await("writes that go on", () -> acknowledged.size() > before + 50);
        writing = false;
        writer.join();
        assertThat(leader()).isNotSameAs(first);
        assertThat(leader().status(0).getPosition().getLineage()).isEqualTo(lineage);
        assertThat(keysOf(leader())).containsAll(acknowledged);
        first.startAgain();
        assertThat(keysOf(first)).containsAll(acknowledged);
        assertThat(keysOf(second)).isEqualTo(keysOf(third));
    }

    @Test
    void growsFromThreeToFive() {
        for (String name : List.of("b", "c", "d", "e")) {
            grow(start(name));
        }

        assertThat(leader().status(0).getVotersCount()).isEqualTo(5);
        nodes.get(0).stop();
        nodes.get(1).stop();
        put();
        assertThat(keysOf(leader())).containsAll(acknowledged);
    }

    @Test
    void theLastPeersOfAGrownGroupComeBackByWhatIsOnTheirDisksAlone() {
        grow(start("b"));
        grow(start("c"));

        nodes.forEach(TestNode::stop);
        nodes.stream().skip(1).forEach(TestNode::startAgain);

        put();
        assertThat(keysOf(leader())).containsAll(acknowledged);
    }

    @Test
    void aPeerThatGoesWhileItIsFilledLeavesTheGroupAsItWasAndJoinsWhenItComesBack() {
        TestNode first = nodes.getFirst();
        for (int i = 0; i < 60; i++) {
            put(LARGE_PAYLOAD);
        }
        TestNode second = start("b");
        join(second);
        order(second);
        TestNode.await("a part of a snapshot", () -> RaftFolders.isInstalling(second.folder()));
        second.stop();
        assertThat(voters(first))
                .as("voters, unless the peer was stopped too late")
                .doesNotContain(peerId(second));

        put();
        TestNode.await("the end of the attempt", () -> voters(first).equals(Set.of(peerId(first))));
        put();
        second.startAgain();
        settle(second);

        assertThat(keysOf(second)).containsAll(acknowledged);
    }

    @Test
    void aPeerThatIsNotThereKeepsTheGroupFromNothing() {
        TestNode first = nodes.getFirst();
        TestNode second = start("b");
        join(second);
        second.stop();

        order(second);
        put();

        TestNode.await("the end of the attempt", () -> voters(first).equals(Set.of(peerId(first))));
        put();
        second.startAgain();
        settle(second);
    }

    @Test
    void aLeaderThatGoesWhileItFillsAPeerTakesItUpWhenOrderedAgain() {
        TestNode first = nodes.getFirst();
        TestNode second = start("b");
        join(second);
        order(second);
        first.restart();

        settle(second);

        put();
        assertThat(keysOf(second)).containsAll(acknowledged);
        first.restart();
        second.restart();
        put();
        assertThat(keysOf(leader())).containsAll(acknowledged);
    }

    /** Ratis alone would never have a leader again: the first needs the vote of the second, which waits for a leader. */
    @Test
    void aPeerThatStopsBetweenTheTwoConfigurationsDoesNotStopTheGroupForEver() throws Exception {
        TestNode first = nodes.getFirst();
        TestNode second = start("b");
        try (CuttableProxy proxy = CuttableProxy.to(second.peer().getRaftAddress())) {
            target = target.toBuilder()
                    .addPeers(second.peer().toBuilder()
                            .setRaftAddress(proxy.address())
                            .setJoining(true))
                    .build();
            assign();
            PartitionReplica replica = second.host().replica(0);
            proxy.cutWhen(replica.division()::isHalfJoined);
            order(second);
            TestNode.await("the cut", proxy::isCut);
            TestNode.await("the end of the lead", () -> !first.status(0).getLeader());
            assertThat(replica.division().isHalfJoined()).isTrue();

            second.stop();
            proxy.heal();
            second.startAgain();

            settle(second);
            put();
            assertThat(keysOf(second)).containsAll(acknowledged);
        }
    }

    @Test
    void aPeerThatHasNotJoinedYetNeitherVotesNorStands() throws Exception {
        TestNode first = nodes.getFirst();
        TestNode second = start("b");
        join(second);
        first.stop();

        for (int i = 0; i < 2; i++) {
            long end = System.nanoTime() + SOME_ELECTIONS.toNanos();
            while (System.nanoTime() < end) {
                assertThat(second.status(0).getLeader()).isFalse();
                assertThat(second.status(0).getTerm()).isZero();
                assertThat(second.status(0).getFailure()).isEmpty();
                TimeUnit.MILLISECONDS.sleep(100);
            }
            second.restart();
        }

        first.startAgain();
        settle(second);
        assertThat(keysOf(second)).containsAll(acknowledged);
    }

    @Test
    void refusesAReplacedControllerAndWhatDoesNotFitTheVoters() {
        TestNode first = nodes.getFirst();
        TestNode second = start("b");
        TestNode third = start("c");
        ChangePeersRequest one = request(first, List.of(peerId(first)), second);

        assertThatThrownBy(() -> first.rows().changePeers(request(first, List.of(peerId(first)), second, third)))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("not a change by one");
        assertThat(conflict(() -> first.rows()
                        .changePeers(request(third, List.of(peerId(third)), second).toBuilder()
                                .build())))
                .isEqualTo(Reason.NOT_POSSIBLE_NOW);
        first.rows().control(control(0, createCollection(SPEC, 7)));
        assertThat(conflict(() ->
                        first.rows().changePeers(one.toBuilder().setEpoch(6).build())))
                .isEqualTo(Reason.STALE_EPOCH);
        TestNode.await("voters", () -> voters(first).equals(Set.of(peerId(first))));
        first.rows().changePeers(request(first, List.of(peerId(second), peerId(first))));
    }

    @Test
    void theOnlyPeerGivesItsPlaceToAnotherAndMayComeBack() throws Exception {
        TestNode first = nodes.getFirst();
        Thread writer = startWriting();
        TestNode second = start("b");

        move(first, second);
        assertThat(first.host().describe()).isEmpty();
        assertThat(FolderFiles.list(first.folder().resolve("raft"))).isEmpty();
        first.restart();
        assertThat(first.host().describe()).isEmpty();
        move(second, first);

        writing = false;
        writer.join();
        put();
        assertThat(keysOf(first)).containsAll(acknowledged);
    }

    @Test
    void aLeaderOfThreeGivesItsPlaceToAnother() {
        TestNode first = nodes.getFirst();
        grow(start("b"));
        grow(start("c"));

        move(first, start("d"));
        nodes.get(1).stop();
        put();

        assertThat(keysOf(nodes.get(3))).isEqualTo(keysOf(nodes.get(2))).containsAll(acknowledged);
    }

    @Test
    void whatADiskHasLeftIsDeletedWhereACrashBrokeThatOff() throws Exception {
        TestNode first = nodes.getFirst();
        first.stop();
        String group = GroupFiles.uuid(target).toString();
        Files.createDirectories(first.folder().resolve("left"));
        Files.move(
                first.folder().resolve("partitions/0"),
                first.folder().resolve("left").resolve(group));

        first.startAgain();

        assertThat(first.host().describe()).isEmpty();
        assertThat(FolderFiles.list(first.folder().resolve("raft"))).isEmpty();
        assertThat(first.folder().resolve("formed").resolve(group)).doesNotExist();
        assertThat(first.folder().resolve("left").resolve(group)).doesNotExist();
    }

    @Test
    void leavesNothingForAnotherGroupOrAnotherDisk() {
        TestNode first = nodes.getFirst();
        LeftGroup left = left(first);

        first.host().leave(left.toBuilder().setPeerId("another").build());
        first.host()
                .leave(left.toBuilder()
                        .setGroupUuid(TestNode.uuid(UUID.randomUUID()))
                        .build());

        put();
        assertThat(keysOf(first)).containsAll(acknowledged);
    }

    // ---- what a controller does

    /** One more voter, which is to lead; one less; and the files of the one that has left are deleted. */
    private void move(TestNode from, TestNode to) {
        target = target.toBuilder().setPreferredLeader(to.name()).build();
        grow(to);
        TestNode.await("the new leader", () -> leads(to));
        target = target.toBuilder()
                .clearPeers()
                .addAllPeers(target.getPeersList().stream()
                        .filter(peer -> !peer.getPeerId().equals(peerId(from)))
                        .toList())
                .build();
        LeftGroup left = left(from);
        TestNode.await("one voter less", () -> {
            if (leads(to) && !voters(to).isEmpty() && !voters(to).contains(peerId(from))) {
                return true;
            }
            var _ = catchThrowable(() -> to.rows()
                    .changePeers(ChangePeersRequest.newBuilder()
                            .setEpoch(2)
                            .addAllExpectedVoters(voters(to))
                            .addAllPeers(target.getPeersList())
                            .setPreferredLeader(target.getPreferredLeader())
                            .build()));
            return false;
        });
        from.host().leave(left);
        assign();
    }

    private LeftGroup left(TestNode node) {
        return LeftGroup.newBuilder()
                .setPartition(0)
                .setGroupUuid(target.getGroupUuid())
                .setPeerId(peerId(node))
                .build();
    }

    private TestNode start(String name) {
        TestNode node = new TestNode(name, folder.resolve(name), SMALL);
        nodes.add(node);
        return node;
    }

    private void grow(TestNode node) {
        join(node);
        settle(node);
    }

    private void join(TestNode node) {
        target = target.toBuilder()
                .addPeers(node.peer().toBuilder().setJoining(true))
                .build();
        assign();
        TestNode.await(
                "an open group",
                () -> status(node).getFailure().isEmpty() && status(node).hasPosition());
    }

    private static PartitionStatus status(TestNode node) {
        return node.status(0);
    }

    /** Orders again what is not done, then says that the node has joined. */
    private void settle(TestNode node) {
        TestNode.await("node " + node.name() + " among the voters", () -> {
            TestNode leader = leader();
            if (voters(leader).contains(peerId(node))) {
                return true;
            }
            var _ = catchThrowable(() -> order(node));
            return false;
        });
        PartitionTarget.Builder settled = target.toBuilder();
        settled.getPeersBuilderList().forEach(peer -> peer.setJoining(false));
        target = settled.build();
        assign();
    }

    private void order(TestNode node) {
        TestNode leader = leader();
        List<String> expected = target.getPeersList().stream()
                .map(PartitionPeer::getPeerId)
                .filter(id -> !id.equals(peerId(node)))
                .toList();
        leader.rows()
                .changePeers(ChangePeersRequest.newBuilder()
                        .setEpoch(2)
                        .addAllExpectedVoters(expected)
                        .addAllPeers(target.getPeersList())
                        .setPreferredLeader(target.getPreferredLeader())
                        .build());
    }

    private static ChangePeersRequest request(TestNode first, List<String> expected, TestNode... more) {
        ChangePeersRequest.Builder request = ChangePeersRequest.newBuilder()
                .setEpoch(2)
                .addAllExpectedVoters(expected)
                .addPeers(first.peer());
        for (TestNode node : more) {
            request.addPeers(node.peer());
        }
        return request.build();
    }

    private void assign() {
        nodes.stream().filter(TestNode::isRunning).forEach(node -> node.host().ensure(target));
    }

    private static Reason conflict(Runnable call) {
        Throwable error = Statuses.fromGrpc(catchThrowable(call::run));
        assertThat(error).isInstanceOf(Conflict.class);
        return ((Conflict) error).reason();
    }

    // ---- what users do

    private TestNode leader() {
        TestNode.await("a leader", () -> nodes.stream().anyMatch(GrowingGroupTest::leads));
        return nodes.stream().filter(GrowingGroupTest::leads).findFirst().orElseThrow();
    }

    private static boolean leads(TestNode node) {
        return node.isRunning()
                && node.host().describe().stream()
                        .anyMatch(status -> status.getLeader()
                                && !status.getPosition().getLineage().isEmpty());
    }

    private static Set<String> voters(TestNode node) {
        return Set.copyOf(node.status(0).getVotersList());
    }

    private static String peerId(TestNode node) {
        return node.peer().getPeerId();
    }

    private void put() {
        put(PAYLOAD);
    }

    /** Writes one record, at a leader that is asked again until it has acknowledged it. */
    private void put(String payload) {
        String key = "k" + nextKey++;
        TestNode.await("a write of " + key, () -> {
            try {
                leader().rows()
                        .withDeadlineAfter(5, TimeUnit.SECONDS)
                        .write(write(0, operations(SPEC, upsert(0, key, new float[] {1, 2}, payload, stamp(0, 0, 0)))));
                acknowledged.add(key);
                return true;
            } catch (StatusRuntimeException | java.util.NoSuchElementException e) {
                return false;
            }
        });
    }

    private Thread startWriting() {
        writing = true;
        return Thread.ofVirtual().start(() -> {
            while (writing) {
                put();
            }
        });
    }

    /** Behind all that was acknowledged; the lead may be on its way to another just now. */
    private Position barrier() {
        List<Position> found = new ArrayList<>();
        TestNode.await("a barrier", () -> {
            try {
                return found.add(leader().rows()
                        .barrier(BarrierRequest.newBuilder().setPartition(0).build())
                        .getPosition());
            } catch (StatusRuntimeException e) {
                return false;
            }
        });
        return found.getFirst();
    }

    /** All keys, as this node has them at a position behind all that was acknowledged. */
    private Set<String> keysOf(TestNode node) {
        Position last = barrier();
        Set<String> keys = new TreeSet<>();
        String after = "";
        while (true) {
            ScanResponse page = node.rows()
                    .scan(ScanRequest.newBuilder()
                            .setPartition(0)
                            .setCollectionUuid(SPEC.getUuid())
                            .setAfterKey(after)
                            .setLimit(1_000)
                            .setAtLeast(last)
                            .build());
            page.getRowsList().stream().map(Row::getKey).forEach(keys::add);
            if (!page.getMore()) {
                return keys;
            }
            after = page.getRows(page.getRowsCount() - 1).getKey();
        }
    }
}
