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

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.voronode.proto.internal.v1.ChangePeersRequest;
import io.voronode.proto.internal.v1.CollectionSpec;
import io.voronode.proto.internal.v1.PartitionPeer;
import io.voronode.proto.internal.v1.PartitionTarget;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ReadRequest;
import io.voronode.proto.internal.v1.Row;
import io.voronode.proto.internal.v1.ScanRequest;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of a replica are damaged while its node is down; it is closed, and filled anew where others have the rows. */
@Tag("slow")
class DamagedReplicaTest {
    private static final CollectionSpec SPEC = Requests.collection("things", 2);
    private static final PartitionLimits SMALL =
            new PartitionLimits(1_000, 16 << 20, 8, 64 << 10, Duration.ofMinutes(10), 1_000, 1 << 30, 64 << 10, 1);
    private static final int ROWS = 120;
    private static final Duration SOME_ATTEMPTS = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private final List<TestNode> nodes = new ArrayList<>();
    private PartitionTarget target = PartitionTarget.getDefaultInstance();

    /** What is done to the files of a node that does not run; names what the damage must tell of. */
    interface Harm {
        String inflict(Path data) throws IOException;
    }

    @AfterEach
    void close() {
        nodes.forEach(TestNode::close);
    }

    @ParameterizedTest
    @MethodSource("harms")
    void closesADamagedReplicaAndHasItFilledAnewByTheOthers(String how, boolean keeps, Harm harm) throws IOException {
        form(3);
        TestNode hurt = followers().getFirst();
        hurt.stop();
        String named = harm.inflict(hurt.folder());
        hurt.startAgain();
        assign(hurt);

        TestNode.await("the damage", () -> !hurt.status(0).getDamage().isEmpty());
        assertThat(hurt.status(0).getDamage()).contains(named);
        assertThat(hurt.status(0).getRejoin()).isNotEmpty();
        assertThat(codeOfARead(hurt)).isEqualTo(Status.Code.UNAVAILABLE);
        Position last = put(ROWS, ROWS + 5);

        replace(hurt);

        assertThat(rows(hurt, last)).hasSize(ROWS + 5).isEqualTo(rows(leader(), last));
        assertThat(hurt.host().quarantinedBytes() > 0).as("files are kept").isEqualTo(keeps);
        assertThat(Files.exists(hurt.folder().resolve("quarantine").resolve("0")))
                .isEqualTo(keeps);
        hurt.restart();
        nodes.stream().filter(node -> node != hurt).findFirst().orElseThrow().stop();
        Position later = put(ROWS + 5, ROWS + 10);
        assertThat(rows(hurt, later)).isEqualTo(rows(leader(), later));
        assertThat(hurt.status(0).getDamage()).isEmpty();
    }

    private static Stream<Arguments> harms() {
        return Stream.of(
                Arguments.of("a byte of the log", true, (Harm) data -> {
                    Path segment = LogFiles.of(data).getLast();
                    LogFiles.flip(segment, Files.size(segment) / 2);
                    return segment + " is damaged at offset";
                }),
                Arguments.of("a byte of every table", true, (Harm) data -> {
                    for (Path table : store(data, ".sst")) {
                        LogFiles.flip(table, 10);
                    }
                    return "store";
                }),
                Arguments.of("no log and no store", false, (Harm) data -> {
                    FolderFiles.delete(data.resolve("raft"));
                    FolderFiles.delete(data.resolve("partitions"));
                    return "is missing";
                }));
    }

    @ParameterizedTest
    @MethodSource("detected")
    void findsDamage(String how, Harm harm) throws IOException {
        form(1);
        TestNode hurt = nodes.getFirst();
        hurt.stop();
        String named = harm.inflict(hurt.folder());
        hurt.startAgain();

        TestNode.await("the damage", () -> !hurt.status(0).getDamage().isEmpty());

        assertThat(hurt.status(0).getDamage()).contains(named);
        assertThat(hurt.status(0).getRejoin())
                .as("the only copy is not given up")
                .isEmpty();
        Throwable error = catchThrowable(() -> read(hurt));
        assertThat(Status.fromThrowable(error).getCode()).isEqualTo(Status.Code.DATA_LOSS);
        assertThat(error).hasMessageContaining(named);
    }

    private static Stream<Arguments> detected() {
        return Stream.of(
                harm("a byte of a blob file", data -> {
                    Path blobs = store(data, ".blob").getFirst();
                    LogFiles.flip(blobs, Files.size(blobs) / 2);
                    return "store";
                }),
                harm("no blob file", data -> {
                    Path blobs = store(data, ".blob").getFirst();
                    everywhere(data, blobs.getFileName().toString());
                    return blobs.getFileName().toString();
                }),
                harm("no table", data -> {
                    Path table = store(data, ".sst").getFirst();
                    everywhere(data, table.getFileName().toString());
                    return table.getFileName().toString();
                }),
                harm("no votes", data -> {
                    Path votes = votes(data);
                    Files.delete(votes);
                    return votes.toString();
                }),
                harm("votes that break off", data -> {
                    Path votes = votes(data);
                    byte[] content = Files.readAllBytes(votes);
                    Files.write(votes, LogFiles.first(content, content.length - 1));
                    return votes.toString();
                }),
                harm("votes without a term", data -> rewrite(votes(data), "term=", "tern=")),
                harm("votes of an older term", data -> rewrite(votes(data), "term=[1-9]", "term=0")),
                harm("another disk's id", data -> {
                    Files.writeString(data.resolve("peer-id"), "00000000-0000-0000-0000-000000000000");
                    return "00000000-0000-0000-0000-000000000000";
                }));
    }

    private static Path votes(Path data) throws IOException {
        return LogFiles.of(data).getLast().resolveSibling("raft-meta");
    }

    private static String rewrite(Path file, String what, String by) throws IOException {
        String before = Files.readString(file);
        String after = before.replaceFirst(what, by);
        assertThat(after).isNotEqualTo(before);
        Files.writeString(file, after);
        return file.toString();
    }

    private static Arguments harm(String how, Harm harm) {
        return Arguments.of(how, harm);
    }

    @Test
    void staysClosedOverRestartsUntilTheTargetNamesItsDamage() throws IOException {
        form(3);
        TestNode hurt = followers().getFirst();
        hurt.stop();
        Path segment = LogFiles.of(hurt.folder()).getLast();
        byte[] before = Files.readAllBytes(segment);
        LogFiles.flip(segment, 30);
        hurt.startAgain();
        String rejoin = hurt.status(0).getRejoin();
        hurt.stop();
        // Whole again by luck: what it missed in the meantime it cannot know.
        Files.write(segment, before);
        hurt.startAgain();

        assertThat(hurt.status(0).getRejoin()).isEqualTo(rejoin);
        for (PartitionPeer peer : List.of(hurt.peer(), joining(hurt, ""), joining(hurt, "another"))) {
            hurt.host().ensure(with(peer));
            assertThat(hurt.status(0).getRejoin()).isEqualTo(rejoin);
        }
        assertThat(segment).hasBinaryContent(before);
    }

    /** As on a full disk. */
    @Test
    void asksToBeFilledAnewAsSoonAsTheDamageCanBeNoted() throws IOException {
        form(3);
        TestNode hurt = followers().getFirst();
        hurt.stop();
        LogFiles.flip(LogFiles.of(hurt.folder()).getLast(), 30);
        Path inTheWay = Files.createDirectory(
                hurt.folder().resolve("partitions").resolve("0").resolve("damaged.tmp"));
        hurt.startAgain();

        TestNode.await("the damage", () -> !hurt.status(0).getDamage().isEmpty());
        assertThat(hurt.status(0).getRejoin()).isEmpty();
        assertThat(codeOfARead(hurt)).isEqualTo(Status.Code.UNAVAILABLE);
        Files.delete(inTheWay);

        TestNode.await("a note", () -> !hurt.status(0).getRejoin().isEmpty());
        replace(hurt);
        Position last = put(ROWS, ROWS + 5);
        assertThat(rows(hurt, last)).isEqualTo(rows(leader(), last));
    }

    @Test
    void keepsTheDamagedFilesWhileSomebodyStillReadsThem() throws IOException {
        form(3);
        TestNode hurt = followers().getFirst();
        Path segment = LogFiles.of(hurt.folder()).getLast();
        try (RowView view = hurt.host().replica(0).view()) {
            hurt.host().replica(0).health().met(new VoronodeException.Corruption("a table", null));
            String rejoin = leaveOut(hurt);
            PartitionTarget letIn = with(joining(hurt, rejoin));
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> hurt.host().ensure(letIn)).isInstanceOf(VoronodeException.Unavailable.class);
            }
            assertThat(view.applied().getIndex()).isPositive();
        }

        letIn(hurt);

        Path kept = hurt.folder().resolve("quarantine").resolve("0");
        assertThat(kept.resolve("log").resolve("current").resolve(segment.getFileName()))
                .exists();
        assertThat(FolderFiles.list(kept.resolve("store"))).isNotEmpty();
    }

    @Test
    void oneDamagedTargetDoesNotKeepTheOthersFromOpening() throws IOException {
        TestNode node = start("a");
        node.formAlone(0);
        node.formAlone(1);
        PartitionTarget zero = new GroupFiles(node.folder()).targets().getFirst();
        node.stop();
        LogFiles.flip(node.folder().resolve("partitions").resolve("0").resolve("target"), 0);
        node.startAgain();
        node.awaitLeader(1);

        node.host().ensure(zero);
        node.awaitLeader(0);
    }

    // ---- the cluster's part

    private void form(int count) {
        for (int i = 0; i < count; i++) {
            start("node" + i);
        }
        target = TestNode.target(0, nodes.stream().map(TestNode::peer).toArray(PartitionPeer[]::new));
        nodes.forEach(this::assign);
        leader().rows().control(control(0, createCollection(SPEC, 1)));
        put(0, ROWS);
    }

    private TestNode start(String name) {
        TestNode node = new TestNode(name, folder.resolve(name), SMALL);
        nodes.add(node);
        return node;
    }

    private void assign(TestNode node) {
        node.host().ensure(target);
    }

    /** As the controller does it: out of the voters, then in again under what it asks for. */
    private void replace(TestNode hurt) {
        leaveOut(hurt);
        letIn(hurt);
    }

    /** What the damaged node asks for then. */
    private String leaveOut(TestNode hurt) {
        List<PartitionPeer> others = target.getPeersList().stream()
                .filter(peer -> !peer.getNode().equals(hurt.name()))
                .toList();
        change(others);
        TestNode.await("the damage", () -> !hurt.status(0).getRejoin().isEmpty());
        return hurt.status(0).getRejoin();
    }

    private void letIn(TestNode hurt) {
        String rejoin = hurt.status(0).getRejoin();
        target = with(joining(hurt, rejoin));
        TestNode.await("the old files", () -> isAssigned(hurt));
        nodes.forEach(this::assign);
        TestNode.await("a blank group", () -> hurt.status(0).getFailure().isEmpty());
        change(target.getPeersList());
        target = with(hurt.peer().toBuilder().setRejoin(rejoin).build());
        nodes.forEach(this::assign);
    }

    /** False while the damaged files are still open; the controller tries again too. */
    private boolean isAssigned(TestNode node) {
        try {
            assign(node);
            return true;
        } catch (VoronodeException.Unavailable e) {
            return false;
        }
    }

    private static PartitionPeer joining(TestNode node, String rejoin) {
        return node.peer().toBuilder().setJoining(true).setRejoin(rejoin).build();
    }

    private PartitionTarget with(PartitionPeer peer) {
        return target.toBuilder()
                .clearPeers()
                .addAllPeers(target.getPeersList().stream()
                        .filter(other -> !other.getNode().equals(peer.getNode()))
                        .toList())
                .addPeers(peer)
                .build();
    }

    private void change(List<PartitionPeer> peers) {
        Set<String> wanted =
                Set.copyOf(peers.stream().map(PartitionPeer::getPeerId).toList());
        TestNode.await(SOME_ATTEMPTS, "voters " + wanted, () -> haveVoters(peers, wanted));
    }

    /** Orders it again where it failed, as the controller does: a peer that has just come back may not be reached at first. */
    private boolean haveVoters(List<PartitionPeer> peers, Set<String> wanted) {
        TestNode leader = leader();
        List<String> voters = leader.status(0).getVotersList();
        if (voters.isEmpty() || Set.copyOf(voters).equals(wanted)) {
            return !voters.isEmpty();
        }
        try {
            leader.rows()
                    .changePeers(ChangePeersRequest.newBuilder()
                            .setPartition(0)
                            .setEpoch(1)
                            .addAllExpectedVoters(voters)
                            .addAllPeers(peers)
                            .build());
        } catch (StatusRuntimeException e) {
            // They change just now.
        }
        return false;
    }

    private TestNode leader() {
        TestNode.await("a leader", () -> nodes.stream().anyMatch(DamagedReplicaTest::leads));
        return nodes.stream().filter(DamagedReplicaTest::leads).findFirst().orElseThrow();
    }

    private static boolean leads(TestNode node) {
        return node.isRunning()
                && node.host().describe().stream()
                        .anyMatch(status -> status.getPartition() == 0
                                && status.getLeader()
                                && !status.getPosition().getLineage().isEmpty());
    }

    private List<TestNode> followers() {
        TestNode leader = leader();
        return nodes.stream().filter(node -> node != leader).toList();
    }

    private Position put(int from, int to) {
        Position position = Position.getDefaultInstance();
        for (int i = from; i < to; i++) {
            String payload = "\"" + "x".repeat(2_000) + "\"";
            position = leader().rows()
                    .write(write(0, operations(SPEC, upsert(0, "k" + i, new float[] {i, 1}, payload, stamp(0, 0, 0)))))
                    .getPosition();
        }
        return position;
    }

    private static Status.Code codeOfARead(TestNode node) {
        return Status.fromThrowable(catchThrowable(() -> read(node))).getCode();
    }

    private static void read(TestNode node) {
        node.rows()
                .read(ReadRequest.newBuilder()
                        .setPartition(0)
                        .setCollectionUuid(SPEC.getUuid())
                        .addKeys("k0")
                        .build());
    }

    private static List<Row> rows(TestNode node, Position atLeast) {
        return node.rows()
                .scan(ScanRequest.newBuilder()
                        .setPartition(0)
                        .setCollectionUuid(SPEC.getUuid())
                        .setLimit(1_000)
                        .setWithVector(true)
                        .setWithPayload(true)
                        .setAtLeast(atLeast)
                        .build())
                .getRowsList();
    }

    private static List<Path> store(Path data, String suffix) throws IOException {
        return FolderFiles.list(data.resolve("partitions").resolve("0").resolve("store")).stream()
                .filter(file -> file.toString().endsWith(suffix))
                .toList();
    }

    /** From the store and from its snapshots. */
    private static void everywhere(Path data, String name) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(path -> path.endsWith(name)).toList()) {
                Files.delete(file);
            }
        }
    }
}
