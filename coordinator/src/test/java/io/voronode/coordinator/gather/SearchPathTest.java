package io.voronode.coordinator.gather;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.engine.clustering.ProbeCalibrator;
import io.voronode.engine.clustering.RankedCells;
import io.voronode.engine.simd.Distances;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.internal.v1.ProbeCode;
import io.voronode.proto.internal.v1.ReadRequest;
import io.voronode.proto.v1.BatchSearchRequest;
import io.voronode.proto.v1.BatchSearchResponse;
import io.voronode.proto.v1.ConsistencyLevel;
import io.voronode.proto.v1.Document;
import io.voronode.proto.v1.ExistsFilter;
import io.voronode.proto.v1.Explanation;
import io.voronode.proto.v1.Filter;
import io.voronode.proto.v1.Hit;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.SearchMode;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.SearchRequest;
import io.voronode.proto.v1.SearchResponse;
import io.voronode.proto.v1.SearchResult;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.Vector;
import io.voronode.proto.v1.Wait;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchPathTest {
    private static final int DIMENSION = 8;
    private static final int RECORDS = 300;
    private static final int ALL = -1;
    private static final int QUERIES = 40;
    private static final Filter ANY_FILTER = Filter.newBuilder()
            .setExists(ExistsFilter.newBuilder().setField("k"))
            .build();

    @TempDir
    Path folder;

    private final Random random = new Random(11);
    private final TreeMap<String, float[]> model = new TreeMap<>();
    private FakeCluster cluster;
    private TestCoordinator coordinator;
    private CellMap map;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(3, 2, Metric.EUCLIDEAN, DIMENSION);
        cluster.setReplicas(2);
        coordinator = new TestCoordinator(cluster, folder);
        float[][] sample = new float[RECORDS][];
        for (int i = 0; i < RECORDS; i++) {
            sample[i] = vector();
            model.put("key-" + i, sample[i]);
        }
        map = CellTrainer.train(sample, new CellTraining(Metric.EUCLIDEAN, DIMENSION, 24, 6, 1, 1), () -> false);
        cluster.begin(1, map);
        coordinator.images.set(cluster.image(1));
        UpsertRequest.Builder request =
                UpsertRequest.newBuilder().setCollection(FakeCluster.COLLECTION).setWait(Wait.WAIT_DURABLE);
        model.forEach((key, vector) -> request.addRecords(Record.newBuilder()
                .setKey(key)
                .setVector(toVector(vector))
                .setPayload("{\"k\":\"" + key + "\"}")
                .setDocument(Document.newBuilder().setContent(ByteString.copyFromUtf8("doc " + key)))));
        coordinator.records().upsert(request.build());
    }

    @AfterEach
    void stop() {
        coordinator.close();
        cluster.close();
    }

    @Test
    void agreesWithBruteForceWhenAllCellsAreScanned() {
        for (int i = 0; i < 20; i++) {
            float[] query = vector();
            SearchResult result = search(query, params(10).setNprobe(ALL)).getResult();
            assertThat(keys(result)).isEqualTo(bruteForce(query, 10));
            assertThat(result.getCoverage().getCellsScanned()).isEqualTo(map.cellCount());
            assertThat(result.getCoverage().getShare()).isEqualTo(1);
        }
    }

    @Test
    void reportsDistancesScoresAndWhatWasAskedFor() {
        float[] query = vector();
        Hit plain = search(query, params(1)).getResult().getHits(0);
        assertThat(plain.getPayload()).isEmpty();
        assertThat(plain.hasDocument()).isFalse();
        float squared = Distances.distance(Metric.EUCLIDEAN, query, written(plain));
        assertThat(plain.getDistance()).isCloseTo(Math.sqrt(squared), Offset.offset(1e-5));
        assertThat(plain.getScore()).isCloseTo(1 / (1 + squared), Offset.offset(1e-5));
        Hit full = search(
                        query,
                        params(1).setWithPayload(true).setWithDocument(true).setWithVector(true))
                .getResult()
                .getHits(0);
        assertThat(full.getPayload()).isEqualTo("{\"k\":\"" + full.getKey() + "\"}");
        assertThat(full.getDocument().getContent().toStringUtf8()).isEqualTo("doc " + full.getKey());
        assertThat(full.getVector()).isEqualTo(toVector(written(full)));
    }

    @Test
    void asksOnlyTheShardsOfTheNearestCells() {
        SearchResult result =
                search(vector(), params(5).setNprobe(2).setExplain(true)).getResult();
        Explanation explanation = result.getExplanation();
        assertThat(explanation.getWavesList()).hasSize(1);
        assertThat(explanation.getWaves(0).getCellsCount()).isEqualTo(2);
        assertThat(explanation.getWaves(0).getShardsCount()).isBetween(1, 2);
        assertThat(explanation.getGeneration()).isEqualTo(1);
        assertThat(explanation.getCellsRanked()).isEqualTo(map.cellCount());
        assertThat(explanation.getVectorsScanned()).isLessThan(RECORDS);
        assertThat(explanation.getCodesScanned()).isEqualTo(3 * explanation.getVectorsScanned());
        assertThat(explanation.getCodesRefined()).isEqualTo(2 * explanation.getVectorsScanned());
        assertThat(explanation.getWaves(0).getShardsList())
                .allSatisfy(shard ->
                        assertThat(shard.getCodesScanned()).isPositive().isEqualTo(3 * shard.getVectorsScanned()))
                .allSatisfy(shard -> assertThat(shard.getCodesRefined()).isEqualTo(2 * shard.getVectorsScanned()));
        assertThat(explanation.hasEmbedTime()).isFalse();
        assertThat(explanation.hasTotalTime()).isTrue();
        assertThat(result.getCoverage().getCellsWanted()).isEqualTo(2);
    }

    @Test
    void widensUntilKAreFoundWhereTheServerChoosesTheCells() {
        SearchResult result = search(vector(), params(RECORDS).setExplain(true)).getResult();
        assertThat(result.getHitsCount()).isEqualTo(RECORDS);
        assertThat(result.getExplanation().getWavesCount()).isGreaterThan(1);
        SearchResult fixed = search(vector(), params(RECORDS).setNprobe(1)).getResult();
        assertThat(fixed.getHitsCount()).isBetween(1, RECORDS - 1);
    }

    @Test
    void scansAsManyCellsAsTheWantedRecallTakesByTheCalibration() {
        cluster.calibrate(1, map, calibration());
        coordinator.images.set(cluster.image(1));
        double[] targets = {0.5, 0.8, 0.95, 0.999};
        double scanned = 0;
        for (double target : targets) {
            double found = 0;
            double cells = 0;
            for (int i = 0; i < QUERIES; i++) {
                float[] query = vector();
                SearchResult result = search(
                                query, params(10).setTargetRecall(target).setExplain(true))
                        .getResult();
                found += keys(result).stream()
                                .filter(bruteForce(query, 10)::contains)
                                .count()
                        / 10.0;
                cells += result.getCoverage().getCellsScanned();
                assertThat(result.getExplanation().getEstimatedRecall()).isBetween(target - 0.001, target + 0.2);
            }
            assertThat(found / QUERIES).as("target %s", target).isGreaterThan(target - 0.06);
            assertThat(cells).isGreaterThan(scanned);
            scanned = cells;
        }
    }

    @Test
    void aimsAtARecallOf95PercentWhenNothingIsAskedFor() {
        cluster.calibrate(1, map, calibration());
        coordinator.images.set(cluster.image(1));
        float[] query = vector();
        SearchResult unasked = search(query, params(10).setExplain(true)).getResult();
        SearchResult asked =
                search(query, params(10).setTargetRecall(0.95).setExplain(true)).getResult();
        assertThat(unasked.getExplanation().getWavesList().getFirst().getCellsList())
                .isEqualTo(asked.getExplanation().getWavesList().getFirst().getCellsList());
        assertThat(unasked.getExplanation().getEstimatedRecall())
                .isEqualTo(asked.getExplanation().getEstimatedRecall());
    }

    @Test
    void estimatesNoRecallWhereTheCallerChoosesTheCellsOrNothingIsCalibrated() {
        assertThat(search(vector(), params(10).setExplain(true))
                        .getResult()
                        .getExplanation()
                        .hasEstimatedRecall())
                .isFalse();
        cluster.calibrate(1, map, calibration());
        coordinator.images.set(cluster.image(1));
        assertThat(search(vector(), params(10).setNprobe(3).setExplain(true))
                        .getResult()
                        .getExplanation()
                        .hasEstimatedRecall())
                .isFalse();
    }

    @Test
    void theCanarySearchesOnceMoreOverAllCellsWhenTheAnswerHasBeenSent() throws Exception {
        float[] query = vector();
        List<String> found = keys(search(query, params(10).setNprobe(2)).getResult());
        long right = bruteForce(query, 10).stream().filter(found::contains).count();

        Objects.requireNonNull(coordinator.shadows.poll(10, TimeUnit.SECONDS)).run();

        assertThat(coordinator.canary.failed()).isZero();
        assertThat(coordinator.canary.meanRecall(cluster.spec().getUuid())).isEqualTo(right / 10.0);
    }

    @Test
    void onlyTheCanarySearchesInTheBackground() throws Exception {
        search(vector(), params(10).setNprobe(2));
        assertThat(backgroundOfSearches()).isNotEmpty().containsOnly(false);
        cluster.nodes().forEach(node -> node.searches.clear());

        Objects.requireNonNull(coordinator.shadows.poll(10, TimeUnit.SECONDS)).run();

        assertThat(backgroundOfSearches()).isNotEmpty().containsOnly(true);
    }

    private List<Boolean> backgroundOfSearches() {
        return cluster.nodes().stream()
                .flatMap(node -> node.searches.stream())
                .map(request -> request.getBackground())
                .toList();
    }

    @Test
    void theCanaryLeavesSearchesAloneThatMissNothing() {
        search(vector(), params(10).setNprobe(ALL));
        // Few match, so all of these are compared.
        cluster.setFilter(key -> key.endsWith("7"));
        search(vector(), params(10).setFilter(ANY_FILTER));

        coordinator.closeServer();
        assertThat(coordinator.shadows).isEmpty();
    }

    /** By queries that are as those of the tests. */
    private ProbeCalibration calibration() {
        ProbeCalibrator calibrator = new ProbeCalibrator();
        for (int i = 0; i < 200; i++) {
            float[] query = vector();
            RankedCells ranked = map.rank(query, map.cellCount());
            calibrator.add(
                    ranked.distances(),
                    10,
                    bruteForce(query, 10).stream()
                            .mapToInt(key -> rankOf(map.nearestCell(vectorOf(key)), ranked))
                            .toArray());
        }
        return calibrator.fit(map.digest());
    }

    private static int rankOf(int cell, RankedCells ranked) {
        return IntStream.range(0, ranked.size())
                .filter(rank -> ranked.cells()[rank] == cell)
                .findFirst()
                .orElseThrow();
    }

    private float[] vectorOf(String key) {
        return Objects.requireNonNull(model.get(key));
    }

    @Test
    void aFilterThatFewRecordsMatchIsAnsweredExactlyByAllShards() {
        cluster.setFilter(key -> key.endsWith("7"));
        float[] query = vector();
        SearchResult result = search(
                        query, params(8).setNprobe(1).setFilter(ANY_FILTER).setExplain(true))
                .getResult();
        assertThat(keys(result))
                .isEqualTo(bruteForce(query, RECORDS).stream()
                        .filter(key -> key.endsWith("7"))
                        .limit(8)
                        .toList());
        Explanation explanation = result.getExplanation();
        assertThat(explanation.getMode()).isEqualTo(SearchMode.SEARCH_MODE_EXACT_FILTERED);
        assertThat(explanation.getAccepted()).isEqualTo(RECORDS / 10);
        assertThat(explanation.getVectorsScanned()).isEqualTo(RECORDS / 10);
        assertThat(result.getCoverage().getCellsScanned()).isEqualTo(map.cellCount());
    }

    @Test
    void aFilterThatIsKnownAsksAllShardsAtOnce() {
        cluster.setFilter(key -> key.endsWith("7"));
        SearchParams.Builder params =
                params(8).setNprobe(1).setFilter(ANY_FILTER).setExplain(true);
        assertThat(search(vector(), params).getResult().getExplanation().getWavesCount())
                .isEqualTo(2);
        SearchResult again = search(vector(), params).getResult();
        assertThat(again.getExplanation().getWavesCount()).isEqualTo(1);
        assertThat(again.getExplanation().getMode()).isEqualTo(SearchMode.SEARCH_MODE_EXACT_FILTERED);
    }

    @Test
    void aFilterNeverGivesFewerThanMatch() {
        cluster.setFilter(key -> key.endsWith("77"));
        for (int nprobe : new int[] {0, 1, ALL}) {
            SearchResult result = search(
                            vector(),
                            params(50).setNprobe(nprobe).setFilter(ANY_FILTER).setWithDocument(true))
                    .getResult();
            assertThat(keys(result)).containsExactlyInAnyOrder("key-77", "key-177", "key-277");
        }
        cluster.setFilter(key -> false);
        assertThat(search(vector(), params(50).setFilter(ANY_FILTER))
                        .getResult()
                        .getHitsList())
                .isEmpty();
    }

    @Test
    void findsOthersThatMatchForHitsWhoseRowsAreGone() {
        cluster.setFilter(key -> key.endsWith("7"));
        float[] query = vector();
        List<String> matching = bruteForce(query, RECORDS).stream()
                .filter(key -> key.endsWith("7"))
                .toList();
        cluster.hideFromReads(matching.subList(0, 5));
        SearchResult result = search(query, params(4).setFilter(ANY_FILTER).setWithDocument(true))
                .getResult();
        assertThat(keys(result)).isEqualTo(matching.subList(5, 9));
    }

    @Test
    void findsOthersHoweverManyOfTheNearestAreGone() {
        float[] query = vector();
        List<String> all = bruteForce(query, RECORDS);
        cluster.hideFromReads(all.subList(0, 200));

        SearchResult result =
                search(query, params(1).setNprobe(ALL).setWithDocument(true)).getResult();

        assertThat(keys(result)).containsExactly(all.get(200));
    }

    @Test
    void aRowThatIsGoneCostsNoSecondScan() {
        float[] query = vector();
        List<String> all = bruteForce(query, RECORDS);
        cluster.hideFromReads(all.subList(0, 1));

        SearchResult result = search(
                        query, params(4).setNprobe(ALL).setWithDocument(true).setExplain(true))
                .getResult();

        assertThat(keys(result)).isEqualTo(all.subList(1, 5));
        assertThat(result.getExplanation().getWavesCount()).isEqualTo(1);
    }

    @Test
    void answersABatchWithOneCallPerNode() {
        List<float[]> queries = new ArrayList<>();
        BatchSearchRequest.Builder request = BatchSearchRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .setParams(params(7).setNprobe(ALL));
        for (int i = 0; i < 50; i++) {
            queries.add(vector());
            request.addQueries(Query.newBuilder().setVector(toVector(queries.get(i))));
        }
        BatchSearchResponse response = coordinator.search().batchSearch(request.build());
        for (int i = 0; i < 50; i++) {
            assertThat(keys(response.getResults(i))).isEqualTo(bruteForce(queries.get(i), 7));
        }
        for (int node = 0; node < 3; node++) {
            assertThat(cluster.node(node).searches.size()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void asksAnotherReplicaWhenOneIsBehindOrDown() {
        for (int shard = 0; shard < map.shardCount(); shard++) {
            cluster.node(0).probeCodes.put(shard, ProbeCode.PROBE_CODE_BEHIND);
        }
        for (int i = 0; i < 10; i++) {
            float[] query = vector();
            assertThat(keys(search(query, params(10).setNprobe(ALL)).getResult()))
                    .isEqualTo(bruteForce(query, 10));
        }
        cluster.node(0).probeCodes.clear();
        cluster.node(1).setDown(true);
        for (int i = 0; i < 10; i++) {
            float[] query = vector();
            assertThat(keys(search(query, params(10).setNprobe(ALL)).getResult()))
                    .isEqualTo(bruteForce(query, 10));
        }
    }

    @Test
    void saysWhatIsMissingAndFailsBelowTheCoverageThatTheCallerAccepts() {
        for (int node = 0; node < 3; node++) {
            cluster.node(node).probeCodes.put(4, ProbeCode.PROBE_CODE_FAILED);
        }
        SearchResult partial =
                search(vector(), params(10).setNprobe(ALL).setMinCoverage(0.1)).getResult();
        assertThat(partial.getCoverage().getShare()).isBetween(0.1, 0.99);
        assertThat(partial.getCoverage().getCellsScanned()).isEqualTo(map.cellCount() - map.cellsOf(4).length);
        assertThat(partial.getCoverage().getReasonsList())
                .singleElement()
                .asString()
                .startsWith("shard 4: node node-")
                .contains("FAILED, ordered by the test");
        assertThatThrownBy(() -> coordinator
                        .search()
                        .withDeadlineAfter(2, TimeUnit.SECONDS)
                        .search(request(vector(), params(10).setNprobe(ALL))))
                .hasMessageContaining("is below min_coverage 1.0: shard 4")
                .satisfies(e -> assertThat(status(e)).isEqualTo(Status.Code.UNAVAILABLE));
    }

    @Test
    void comesBackToAReplicaThatWasNotReady() {
        for (int node = 0; node < 3; node++) {
            cluster.node(node).probeCodes.put(2, ProbeCode.PROBE_CODE_NOT_READY);
        }
        coordinator.images.onRefresh(() -> {
            for (int node = 0; node < 3; node++) {
                cluster.node(node).probeCodes.clear();
            }
        });
        float[] query = vector();
        assertThat(keys(search(query, params(10).setNprobe(ALL)).getResult())).isEqualTo(bruteForce(query, 10));
        assertThat(coordinator.images.refreshes()).isPositive();
    }

    @Test
    void goesOnInTheNewGenerationWhenTheOldOneHasEnded() {
        coordinator.images.set(cluster.image(0));
        coordinator.images.setFresh(cluster.image(1));
        cluster.node(0).probeCodes.put(0, ProbeCode.PROBE_CODE_GENERATION_ENDED);
        cluster.node(1).probeCodes.put(0, ProbeCode.PROBE_CODE_GENERATION_ENDED);
        coordinator.images.onRefresh(() -> {
            cluster.node(0).probeCodes.clear();
            cluster.node(1).probeCodes.clear();
        });
        float[] query = vector();
        SearchResult result =
                search(query, params(10).setNprobe(ALL).setExplain(true)).getResult();
        assertThat(keys(result)).isEqualTo(bruteForce(query, 10));
        assertThat(result.getExplanation().getGeneration()).isEqualTo(1);
        assertThat(coordinator.images.refreshes()).isPositive();
    }

    @Test
    void findsOthersForHitsWhoseRowsAreGone() {
        float[] query = vector();
        List<String> nearest = bruteForce(query, 30);
        // The shards still answer these: the fake takes rows from partitions, so they are hidden from reads alone.
        cluster.hideFromReads(nearest.subList(0, 5));
        SearchResult result =
                search(query, params(10).setNprobe(ALL).setWithDocument(true)).getResult();
        assertThat(keys(result)).isEqualTo(nearest.subList(5, 15));
        SearchResult without = search(query, params(10).setNprobe(ALL)).getResult();
        assertThat(keys(without)).isEqualTo(nearest.subList(0, 10));
    }

    @Test
    void showsARecordThatChangedSinceItWasSearchedWholeAsItIsNow() {
        float[] query = vector();
        SearchParams.Builder params = params(1).setNprobe(ALL).setWithPayload(true);
        Hit before = search(query, params).getResult().getHits(0);
        cluster.changeForReads(before.getKey());
        Hit now = search(query, params.setWithDocument(true)).getResult().getHits(0);
        assertThat(now.getKey()).isEqualTo(before.getKey());
        assertThat(now.getDocument().getContent().toStringUtf8()).isEqualTo("changed");
        assertThat(now.getPayload()).isEqualTo("{\"changed\":true}");
        assertThat(now.getVersion()).isEqualTo(before.getVersion() + 1);
    }

    @Test
    void leavesOutARecordThatChangedSinceItMetTheFilter() {
        float[] query = vector();
        List<String> nearest = bruteForce(query, 5);
        cluster.changeForReads(nearest.getFirst());
        SearchParams.Builder params = params(4).setNprobe(ALL).setFilter(ANY_FILTER);
        assertThat(keys(search(query, params.setWithDocument(true)).getResult()))
                .isEqualTo(nearest.subList(1, 5));
    }

    @Test
    void forwardsTheSessionAndGivesItBackWithWhatWasSeen() {
        SearchResponse first = search(vector(), params(1));
        assertThat(first.getSessionToken().isEmpty()).isFalse();
        assertThat(Durations.toMillis(first.getLag())).isEqualTo(7);
        clearSearches();
        search(vector(), params(1).setSessionToken(first.getSessionToken()));
        assertThat(lastSearch().getAtLeastList()).hasSize(2);
        clearSearches();
        search(
                vector(),
                params(1)
                        .setSessionToken(first.getSessionToken())
                        .setConsistency(ConsistencyLevel.CONSISTENCY_LEVEL_EVENTUAL));
        assertThat(lastSearch().getAtLeastList()).isEmpty();
        clearSearches();
        search(vector(), params(1).setConsistency(ConsistencyLevel.CONSISTENCY_LEVEL_STRONG));
        assertThat(lastSearch().getAtLeastList()).hasSize(2);
        assertThatThrownBy(() -> search(vector(), params(1).setSessionToken(ByteString.copyFromUtf8("x"))))
                .satisfies(e -> assertThat(status(e)).isEqualTo(Status.Code.INVALID_ARGUMENT));
    }

    @Test
    void theSessionCoversTheRowsThatWereReadForHits() {
        long searched = seenBy(search(vector(), params(1)));
        cluster.setReadsAhead(true);

        SearchResponse withRow = search(vector(), params(1).setWithDocument(true));

        cluster.setReadsAhead(false);
        assertThat(seenBy(withRow)).isGreaterThan(searched);
    }

    @Test
    void theSessionCoversWhatShardsShowed() {
        assertThat(seenBy(search(vector(), params(1))))
                .isEqualTo(IntStream.range(0, 2)
                        .mapToLong(partition ->
                                cluster.partition(partition).position().getIndex())
                        .sum());
    }

    @Test
    void readsTheRowsOfHitsNoEarlierThanTheShardsShowedThem() {
        search(vector(), params(1).setWithDocument(true));

        ReadRequest read = IntStream.range(0, 3)
                .mapToObj(node -> cluster.node(node).reads.peek())
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
        assertThat(read.getAtLeast())
                .isEqualTo(cluster.partition(read.getPartition()).position());
    }

    /** The positions of an answer's token, added up. */
    private long seenBy(SearchResponse response) {
        clearSearches();
        search(vector(), params(1).setSessionToken(response.getSessionToken()));
        return lastSearch().getAtLeastList().stream()
                .mapToLong(position -> position.getIndex())
                .sum();
    }

    @Test
    void strongSearchFailsWithoutALeader() {
        cluster.partition(1).setLeader("nowhere");
        assertThatThrownBy(() -> coordinator
                        .search()
                        .withDeadlineAfter(1, TimeUnit.SECONDS)
                        .search(request(vector(), params(1).setConsistency(ConsistencyLevel.CONSISTENCY_LEVEL_STRONG))))
                .satisfies(e -> assertThat(status(e)).isIn(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED));
        assertThat(search(vector(), params(1)).getResult().getHitsCount()).isEqualTo(1);
    }

    @Test
    void cancelsTheCallsToShardsWhenTheClientCancels() throws Exception {
        for (int node = 0; node < 3; node++) {
            cluster.node(node).setFrozen(true);
        }
        Context.CancellableContext call = Context.current().withCancellation();
        Thread client = Thread.ofVirtual().start(call.wrap(() -> {
            try {
                search(vector(), params(3).setNprobe(ALL));
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.CANCELLED);
            }
        }));
        assertThat(cluster.node(1).searching.await(5, TimeUnit.SECONDS)).isTrue();
        call.cancel(null);
        assertThat(cluster.node(1).cancelled.await(5, TimeUnit.SECONDS)).isTrue();
        client.join();
    }

    private void clearSearches() {
        for (int node = 0; node < 3; node++) {
            cluster.node(node).searches.clear();
        }
    }

    private io.voronode.proto.internal.v1.SearchRequest lastSearch() {
        for (int node = 0; node < 3; node++) {
            io.voronode.proto.internal.v1.SearchRequest search =
                    cluster.node(node).searches.peek();
            if (search != null) {
                return search;
            }
        }
        throw new AssertionError("no node was asked");
    }

    private float[] written(Hit hit) {
        return Objects.requireNonNull(model.get(hit.getKey()), hit.getKey());
    }

    private List<String> bruteForce(float[] query, int k) {
        return model.entrySet().stream()
                .sorted(Comparator.comparingDouble((Map.Entry<String, float[]> entry) ->
                                Distances.distance(Metric.EUCLIDEAN, query, entry.getValue()))
                        .thenComparing(Map.Entry::getKey))
                .limit(k)
                .map(Map.Entry::getKey)
                .toList();
    }

    private SearchResponse search(float[] query, SearchParams.Builder params) {
        return coordinator.search().search(request(query, params));
    }

    private static SearchRequest request(float[] query, SearchParams.Builder params) {
        return SearchRequest.newBuilder()
                .setCollection(FakeCluster.COLLECTION)
                .setQuery(Query.newBuilder().setVector(toVector(query)))
                .setParams(params)
                .build();
    }

    private static SearchParams.Builder params(int k) {
        return SearchParams.newBuilder().setK(k);
    }

    private static List<String> keys(SearchResult result) {
        return result.getHitsList().stream().map(Hit::getKey).toList();
    }

    private float[] vector() {
        float[] vector = new float[DIMENSION];
        for (int d = 0; d < DIMENSION; d++) {
            vector[d] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static Vector toVector(float[] values) {
        Vector.Builder vector = Vector.newBuilder();
        for (float value : values) {
            vector.addValues(value);
        }
        return vector.build();
    }

    private static Status.Code status(Throwable error) {
        return error instanceof StatusRuntimeException e ? e.getStatus().getCode() : Status.Code.OK;
    }
}
