package io.voronode.shardnode.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.search.CellQuery;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.ProbeResult;
import io.voronode.proto.internal.v1.QueryVector;
import io.voronode.proto.internal.v1.SearchRequest;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.internal.v1.ShardHit;
import io.voronode.proto.internal.v1.ShardProbe;
import io.voronode.proto.internal.v1.ShardStatus;
import io.voronode.proto.internal.v1.Stamp;
import io.voronode.shardnode.shard.PayloadRoom;
import io.voronode.shardnode.shard.PublishedIndex;
import io.voronode.shardnode.shard.ShardReplica;
import io.voronode.wire.VectorBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What coordinators are told by the shards of a node. */
final class ShardRpcTest {
    private static final int DIMENSION = 4;
    private static final long DEADLINE_MS = 20_000;

    @TempDir
    private Path folder;

    private final Random random = new Random(7);
    private TestShards shards;

    @BeforeEach
    void start() throws Exception {
        shards = new TestShards(folder, Metric.EUCLIDEAN, DIMENSION, 2, 7);
        shards.assign(0);
    }

    @AfterEach
    void stop() {
        shards.close();
    }

    private long write(int partition, String key) {
        return shards.partitions
                .get(partition)
                .upsert(key, TestShards.vector(random, DIMENSION), "{}", List.of(Stamp.getDefaultInstance()));
    }

    private List<Integer> awaitHeads() {
        return shards.awaitVisible(0, shards.heads(), DEADLINE_MS);
    }

    private SearchResponse search(int k, long deadlineMs, Position... atLeast) {
        return shards.search(0, TestShards.vector(random, DIMENSION), k, List.of(atLeast), deadlineMs);
    }

    private static Position ahead(Position position) {
        return position.toBuilder().setIndex(position.getIndex() + 100).build();
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DEADLINE_MS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what + " in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void aPositionIsVisibleOnceAwaited() {
        write(0, "a");
        write(1, "b");

        assertThat(awaitHeads()).containsExactly(0);

        SearchResponse response = search(10, DEADLINE_MS);
        assertThat(response.getResults(0).getHitsList())
                .extracting(ShardHit::getKey)
                .containsExactlyInAnyOrder("a", "b");
        assertThat(response.getSeenList()).containsAll(shards.heads());
    }

    @Test
    void anAnswerHasRoomForEightMebibytesOfPayloads() {
        String payload = "{\"text\":\"" + "x".repeat(50_000) + "\"}";
        for (int i = 0; i < 400; i++) {
            shards.partitions
                    .get(i % 2)
                    .upsert(
                            "key-" + i,
                            TestShards.vector(random, DIMENSION),
                            payload,
                            List.of(Stamp.getDefaultInstance()));
        }
        awaitHeads();

        SearchResponse response = search(400, DEADLINE_MS);

        List<ShardHit> hits = response.getResults(0).getHitsList();
        assertThat(hits).hasSize(400);
        assertThat(hits)
                .allMatch(hit -> hit.getPayloadLeftOut()
                        ? hit.getPayload().isEmpty()
                        : hit.getPayload().equals(payload));
        assertThat(hits).filteredOn(hit -> !hit.getPayloadLeftOut()).hasSize((8 << 20) / (payload.length() + 3));
        assertThat(response.getSerializedSize()).isLessThan(9 << 20);
    }

    @Test
    void awaitingWhatNeverComesEndsBeforeTheDeadlineWithNoShard() {
        awaitHeads();

        // A fifth of the time is what the answer may need on a busy machine.
        assertThat(shards.awaitVisible(0, List.of(ahead(shards.heads().getFirst())), 2_000))
                .isEmpty();
    }

    @Test
    void entriesOfOthersAdvanceAnIdleShard() {
        awaitHeads();

        shards.partitions.forEach(FakePartition::barrier);

        assertThat(awaitHeads()).containsExactly(0);
    }

    @Test
    void aSearchThatWantsMoreThanThereIsIsBehindAfterAQuarterOfItsTime() {
        awaitHeads();

        long start = System.nanoTime();
        SearchResponse response = search(1, 2_000, ahead(shards.heads().getFirst()));

        assertThat(response.getResults(0).getCode()).isEqualTo(ProbeCode.PROBE_CODE_BEHIND);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(400L, 1_500L);
    }

    @Test
    void aPositionOfAnotherLineageIsNeverContained() {
        awaitHeads();
        Position other = shards.heads().getFirst().toBuilder()
                .setLineage(TestShards.COLLECTION)
                .setIndex(1)
                .build();

        assertThat(search(1, 400, other).getResults(0).getCode()).isEqualTo(ProbeCode.PROBE_CODE_BEHIND);
    }

    @Test
    void aShardOfAnotherGenerationIsNotHosted() {
        SearchResponse response = shards.search(1, TestShards.vector(random, DIMENSION), 1, List.of(), DEADLINE_MS);

        assertThat(response.getResultsList())
                .extracting(ProbeResult::getCode)
                .containsOnly(ProbeCode.PROBE_CODE_NOT_HOSTED);
    }

    @Test
    void aShardOfWhichAPartitionHasUnstampedRowsIsNotReady() throws Exception {
        write(0, "unstamped");
        shards.partitions.forEach(partition -> partition.begin(1));
        shards.assign(0, 1);

        assertThat(shards.awaitVisible(1, shards.heads(), 500)).isEmpty();
        assertThat(shards.search(1, TestShards.vector(random, DIMENSION), 1, List.of(), 500)
                        .getResultsList())
                .extracting(ProbeResult::getCode)
                .containsOnly(ProbeCode.PROBE_CODE_NOT_READY);

        shards.partitions.getFirst().assign("unstamped", shards.stamp(random, 1));

        assertThat(shards.awaitVisible(1, shards.heads(), DEADLINE_MS)).containsExactly(0, 1);
    }

    @Test
    void hitsOfEqualDistanceAreOrderedByKey() {
        float[] same = TestShards.vector(random, DIMENSION);
        for (String key : List.of("c", "a", "d", "b")) {
            shards.partitions.getFirst().upsert(key, same, "", List.of(Stamp.getDefaultInstance()));
        }
        awaitHeads();

        assertThat(search(4, DEADLINE_MS).getResults(0).getHitsList())
                .extracting(ShardHit::getKey)
                .containsExactly("a", "b", "c", "d");
    }

    @Test
    void manyQueriesOfOneCallAreAnsweredInTheirOrder() {
        for (int i = 0; i < 50; i++) {
            write(i % 2, "key-" + i);
        }
        awaitHeads();
        SearchRequest.Builder request = SearchRequest.newBuilder().setCollectionUuid(TestShards.COLLECTION);
        for (int i = 0; i < 200; i++) {
            request.addQueries(QueryVector.newBuilder()
                    .setK(1 + i % 50)
                    .setVector(VectorBytes.pack(TestShards.vector(random, DIMENSION))));
            request.addProbes(ShardProbe.newBuilder().setQuery(i).addCells(0).addCentroidDistances(0));
        }

        List<ProbeResult> results = shards.search(request.build(), DEADLINE_MS).getResultsList();

        for (int i = 0; i < 200; i++) {
            assertThat(results.get(i).getHitsCount()).as("hits of query " + i).isEqualTo(1 + i % 50);
            assertThat(results.get(i).getVectorsScanned()).isEqualTo(50);
            assertThat(results.get(i).getCodesScanned()).isZero();
        }
    }

    @Test
    void tellsHowManyCodesWereScannedAndHowManyRefined() throws Exception {
        shards.partitions.forEach(partition -> partition.begin(1));
        // A segment of fewer than 768 vectors has no codes.
        for (int i = 0; i < 4_000; i++) {
            shards.partitions
                    .get(i % 2)
                    .upsert("key-" + i, TestShards.vector(random, DIMENSION), "{}", List.of(shards.stamp(random, 1)));
        }
        shards.indexKind = IndexKind.IVF_RABITQ;
        shards.assign(1);
        assertThat(shards.awaitVisible(1, shards.heads(), DEADLINE_MS)).hasSize(2);

        List<ProbeResult> results = shards.search(
                        1, TestShards.vector(random, DIMENSION), 5, shards.heads(), DEADLINE_MS)
                .getResultsList();

        assertThat(results)
                .allSatisfy(result -> assertThat(result.getCodesScanned()).isPositive())
                .allSatisfy(result -> assertThat(result.getCodesRefined())
                        .isPositive()
                        .isLessThanOrEqualTo(result.getCodesScanned()));
    }

    private List<ProbeResult> searchBothShards(float[] query, int k) {
        return shards.search(1, query, k, shards.heads(), DEADLINE_MS).getResultsList();
    }

    private void assignBothShards() throws Exception {
        shards.assign(1);
        assertThat(shards.awaitVisible(1, shards.heads(), DEADLINE_MS)).hasSize(2);
    }

    private static List<ShardHit> hitsOf(List<ProbeResult> results) {
        return results.stream().flatMap(result -> result.getHitsList().stream()).toList();
    }

    @Test
    void shardsAnswerWithTheNearestOfAllThatACallAsksAndNoOthers() throws Exception {
        shards.partitions.forEach(partition -> partition.begin(1));
        float[] query = TestShards.vector(random, DIMENSION);
        for (int i = 0; i < 200; i++) {
            shards.upsertInto(i % 2, i % 2, "key-" + i, TestShards.vector(random, DIMENSION));
        }
        assignBothShards();
        List<String> all = hitsOf(searchBothShards(query, 200)).stream()
                .sorted(Comparator.comparingDouble(ShardHit::getDistance))
                .map(ShardHit::getKey)
                .toList();

        List<ProbeResult> results = searchBothShards(query, 5);

        assertThat(all).hasSize(200);
        assertThat(hitsOf(results)).extracting(ShardHit::getKey).containsExactlyInAnyOrderElementsOf(all.subList(0, 5));
        float sixth = hitsOf(searchBothShards(query, 200)).stream()
                .map(ShardHit::getDistance)
                .sorted()
                .toList()
                .get(5);
        assertThat(results).allMatch(ProbeResult::hasCompleteTo).allMatch(result -> result.getCompleteTo() >= sixth);
        assertThat(results).extracting(ProbeResult::getCompleteTo).contains(sixth);
        assertThat(searchBothShards(query, 201)).noneMatch(ProbeResult::hasCompleteTo);
    }

    @Test
    void ofHitsAsNearAsTheLastOneEachShardAnswersWithItsOwn() throws Exception {
        shards.partitions.forEach(partition -> partition.begin(1));
        float[] same = TestShards.vector(random, DIMENSION);
        for (int i = 0; i < 10; i++) {
            shards.upsertInto(i % 2, i % 2, "key-" + i, same);
        }
        assignBothShards();

        assertThat(searchBothShards(same, 3))
                .extracting(ProbeResult::getHitsCount)
                .containsExactly(3, 3);
    }

    @Test
    void aRecordThatIsInTwoShardsForAMomentTakesNoOthersPlace() throws Exception {
        shards.partitions.forEach(partition -> partition.begin(1));
        shards.upsertInto(0, 0, "moved", new float[] {0, 0, 0, 0});
        shards.upsertInto(1, 1, "moved", new float[] {0, 0, 0, 0.1f});
        shards.upsertInto(0, 0, "near", new float[] {0, 0, 0, 0.2f});
        shards.upsertInto(1, 1, "far", new float[] {0, 0, 0, 0.3f});
        assignBothShards();

        assertThat(hitsOf(searchBothShards(new float[DIMENSION], 2)))
                .extracting(ShardHit::getKey)
                .containsExactlyInAnyOrder("moved", "moved", "near");
    }

    @Test
    void theBoundLeavesOutWhatIsFarther() {
        for (int i = 0; i < 20; i++) {
            write(0, "key-" + i);
        }
        awaitHeads();
        float[] query = TestShards.vector(random, DIMENSION);
        List<ShardHit> all = shards.search(0, query, 20, List.of(), DEADLINE_MS)
                .getResults(0)
                .getHitsList();
        SearchRequest bounded = SearchRequest.newBuilder()
                .setCollectionUuid(TestShards.COLLECTION)
                .addQueries(QueryVector.newBuilder()
                        .setK(20)
                        .setVector(VectorBytes.pack(query))
                        .setBound(all.get(4).getDistance()))
                .addProbes(ShardProbe.newBuilder().addCells(0).addCentroidDistances(0))
                .build();

        assertThat(shards.search(bounded, DEADLINE_MS).getResults(0).getHitsList())
                .extracting(ShardHit::getKey)
                .containsExactlyElementsOf(
                        all.subList(0, 5).stream().map(ShardHit::getKey).toList());
    }

    @Test
    void malformedRequestsAreRefusedWithTheValueAndTheLimit() {
        SearchRequest zeroK =
                SearchRequest.newBuilder().addQueries(QueryVector.newBuilder()).build();
        SearchRequest noQuery = SearchRequest.newBuilder()
                .addProbes(ShardProbe.newBuilder().setQuery(3))
                .build();

        assertThatThrownBy(() -> shards.search(zeroK, DEADLINE_MS))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessage("INVALID_ARGUMENT: k 0 is not in 1..10000");
        assertThatThrownBy(() -> shards.search(noQuery, DEADLINE_MS))
                .hasMessage("INVALID_ARGUMENT: probe of query 3 in a request of 0 queries");
        assertThatThrownBy(() ->
                        shards.search(SearchRequest.newBuilder().setEpsilon(-1).build(), DEADLINE_MS))
                .hasMessage("INVALID_ARGUMENT: epsilon -1.0 < 0");
        assertThatThrownBy(() ->
                        shards.search(SearchRequest.newBuilder().setEf(10_001).build(), DEADLINE_MS))
                .hasMessage("INVALID_ARGUMENT: ef 10001 > 10000");
    }

    @Test
    void aProbeOfTheWrongDimensionFailsAloneAndSaysSo() {
        write(0, "a");
        awaitHeads();

        ProbeResult result = shards.search(0, new float[DIMENSION + 1], 1, List.of(), DEADLINE_MS)
                .getResults(0);

        assertThat(result.getCode()).isEqualTo(ProbeCode.PROBE_CODE_FAILED);
        assertThat(result.getMessage()).contains("dimension 5 != 4");
    }

    @Test
    void lagTellsHowLongTheSourcesHaveBeenSilent() {
        awaitHeads();

        assertThat(search(1, DEADLINE_MS).getLagMs()).isLessThan(2_000);
    }

    @Test
    void aStateThatIsBeingSearchedOutlivesItsReplica() throws Exception {
        write(0, "a");
        awaitHeads();
        ShardReplica replica = Objects.requireNonNull(shards.replicaSet().find(TestShards.id(0, 0)));
        PublishedIndex held = Objects.requireNonNull(replica.acquire());

        shards.assign();

        assertThat(shards.indexFolder(TestShards.id(0, 0))).doesNotExist();
        assertThat(replica.acquire()).isNull();
        assertThat(held.watermarks()).hasSize(2);
        assertThat(held.search(
                                new CellQuery(
                                        new float[DIMENSION],
                                        1,
                                        new int[] {0},
                                        new float[1],
                                        1e9f,
                                        CellQuery.EXACT,
                                        null,
                                        () -> false),
                                0)
                        .size())
                .isEqualTo(1);
        held.release();
    }

    @Test
    void watermarksNeverPromiseWhatASearchDoesNotSee() throws Exception {
        Map<String, Long> written = new ConcurrentHashMap<>();
        AtomicBoolean done = new AtomicBoolean();
        awaitHeads();
        try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
            Future<?> writing = writer.submit(() -> {
                for (int i = 0; !done.get(); i++) {
                    String key = "key-" + i % 500;
                    written.put(key, write(0, key));
                    TimeUnit.MICROSECONDS.sleep(200);
                }
                return null;
            });
            for (int i = 0; i < 100; i++) {
                requirePromised(written);
            }
            done.set(true);
            writing.get();
        }
    }

    /** The state is searched without its call, which tells the other bound: up to where records are shown. */
    private void requirePromised(Map<String, Long> written) throws IOException {
        PublishedIndex state = Objects.requireNonNull(
                Objects.requireNonNull(shards.replicaSet().find(TestShards.id(0, 0)))
                        .acquire());
        try {
            long watermark = state.watermarks().getFirst().getIndex();
            CellQuery all = new CellQuery(
                    new float[DIMENSION], 1_000, new int[] {0}, new float[1], 1e9f, CellQuery.EXACT, null, () -> false);
            Map<String, Long> seen = state.hits(state.search(all, 0), PayloadRoom.none()).stream()
                    .collect(Collectors.toMap(ShardHit::getKey, ShardHit::getVersion));
            written.forEach((key, version) -> {
                if (version <= watermark) {
                    assertThat(seen.getOrDefault(key, 0L))
                            .as(key + " at watermark " + watermark)
                            .isGreaterThanOrEqualTo(version);
                }
            });
        } finally {
            state.release();
        }
    }

    @Test
    void searchesGoOnWhileReplicasComeAndGo() throws Exception {
        for (int i = 0; i < 200; i++) {
            write(i % 2, "key-" + i);
        }
        awaitHeads();
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService searchers = Executors.newFixedThreadPool(2)) {
            List<Future<?>> searching = Stream.generate(() -> searchers.submit(() -> {
                        while (!done.get()) {
                            searchOnce();
                        }
                    }))
                    .limit(2)
                    .<Future<?>>map(future -> future)
                    .toList();
            for (int i = 0; i < 5; i++) {
                shards.assign();
                shards.assign(0);
                awaitHeads();
            }
            done.set(true);
            for (Future<?> search : searching) {
                search.get();
            }
        }
    }

    private void searchOnce() {
        ProbeResult result = shards.search(0, new float[DIMENSION], 10, List.of(), DEADLINE_MS)
                .getResults(0);
        assertThat(result.getCode())
                .as(result.getMessage())
                .isIn(ProbeCode.PROBE_CODE_OK, ProbeCode.PROBE_CODE_NOT_HOSTED, ProbeCode.PROBE_CODE_NOT_READY);
        if (result.getCode() == ProbeCode.PROBE_CODE_OK) {
            assertThat(result.getHitsCount()).isEqualTo(10);
        }
    }

    @Test
    void aFlippedByteInAnyFileIsFoundAndTheIndexBuiltAnew() throws Exception {
        for (int i = 0; i < 300; i++) {
            write(i % 2, "key-" + i);
        }
        awaitHeads();
        shards.stop();
        shards.start();
        awaitHeads();
        List<String> types = new ArrayList<>();
        for (Path file : files()) {
            shards.stop();
            if (Files.exists(file)) {
                types.add(file.getFileName().toString());
                flipByte(file);
            }
            shards.start();
            awaitHeads();
            assertThat(search(1_000, DEADLINE_MS).getResults(0).getHitsCount())
                    .as("hits after a flipped byte in " + file)
                    .isEqualTo(300);
        }
        assertThat(types).isNotEmpty();
        try (Stream<Path> quarantined = Files.list(folder.resolve("shards-quarantine"))) {
            assertThat(quarantined.count()).isBetween(1L, 3L);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(shards.indexFolder(TestShards.id(0, 0)))) {
            return files.filter(file -> !file.endsWith("write.lock"))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        }
    }

    private static void flipByte(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long middle = channel.size() / 2;
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, middle);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 0x10)}), middle);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anIndexServesAtOnceAfterARestart() throws Exception {
        write(0, "a");
        awaitHeads();
        shards.stop();
        shards.feed.failScans(1);
        shards.start();

        await("ready", () -> shards.replicaSet().describe().stream().allMatch(ShardStatus::getReady));

        assertThat(search(1, DEADLINE_MS).getResults(0).getHits(0).getKey()).isEqualTo("a");
    }

    @Test
    void moreSearchesThanCapacityAreRefused() throws Exception {
        try (ScanPool pool = new ScanPool(1)) {
            AtomicBoolean go = new AtomicBoolean();
            for (int i = 0; i < 3; i++) {
                pool.run(1, () -> await("go", go::get));
            }
            assertThatThrownBy(() -> pool.run(1, () -> {}))
                    .hasMessage("all 1 scan threads are busy and 2 searches wait already");
            go.set(true);
        }
    }

    @Test
    void aCallThatIsOutOfTimeEnds() {
        // No time at all: with a millisecond, an answer of BEHIND in time is as right.
        assertThatThrownBy(() -> search(1, 0, ahead(shards.heads().getFirst())))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    }
}
