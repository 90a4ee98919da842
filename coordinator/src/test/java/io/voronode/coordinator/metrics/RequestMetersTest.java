package io.voronode.coordinator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.micrometer.core.instrument.Timer;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.fake.TestCoordinator;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.v1.BatchSearchRequest;
import io.voronode.proto.v1.BatchSearchResponse;
import io.voronode.proto.v1.Explanation;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.SearchResult;
import io.voronode.proto.v1.UpsertRequest;
import io.voronode.proto.v1.UpsertResponse;
import io.voronode.proto.v1.Vector;
import io.voronode.proto.v1.Wait;
import io.voronode.proto.v1.WaveExplanation;
import io.voronode.proto.v1.WhyNotRequest;
import io.voronode.proto.v1.WhyNotResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the meters tell after requests of clients. */
final class RequestMetersTest {
    private static final int DIMENSION = 8;
    private static final int RECORDS = 200;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    @TempDir
    Path folder;

    private final Random random = new Random(3);
    private FakeCluster cluster;
    private TestCoordinator coordinator;

    @BeforeEach
    void start() {
        cluster = new FakeCluster(2, 2, Metric.EUCLIDEAN, DIMENSION);
        coordinator = new TestCoordinator(cluster, folder);
        float[][] sample = new float[RECORDS][DIMENSION];
        for (float[] vector : sample) {
            IntStream.range(0, DIMENSION).forEach(i -> vector[i] = random.nextFloat());
        }
        CellMap map =
                CellTrainer.train(sample, new CellTraining(Metric.EUCLIDEAN, DIMENSION, 24, 6, 1, 1), () -> false);
        cluster.begin(1, map);
        coordinator.images.set(cluster.image(1));
        upsert(
                Wait.WAIT_DURABLE,
                IntStream.range(0, RECORDS)
                        .mapToObj(i -> Record.newBuilder()
                                .setKey("key-" + i)
                                .setVector(vector(sample[i]))
                                .build())
                        .toList());
    }

    @AfterEach
    void stop() {
        coordinator.close();
        cluster.close();
    }

    private static Vector vector(float[] values) {
        Vector.Builder vector = Vector.newBuilder();
        for (float value : values) {
            vector.addValues(value);
        }
        return vector.build();
    }

    private void upsert(Wait wait, List<Record> records) {
        UpsertResponse response = coordinator
                .records()
                .upsert(UpsertRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .setWait(wait)
                        .addAllRecords(records)
                        .build());
        assertThat(response.getResultsList())
                .allMatch(result -> result.getMessage().isEmpty());
    }

    private List<SearchResult> search(SearchParams.Builder params, Query... queries) {
        BatchSearchResponse response = coordinator
                .search()
                .batchSearch(BatchSearchRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .addAllQueries(Arrays.asList(queries))
                        .setParams(params.setExplain(true))
                        .build());
        return response.getResultsList();
    }

    private Query query() {
        float[] values = new float[DIMENSION];
        IntStream.range(0, DIMENSION).forEach(i -> values[i] = random.nextFloat());
        return Query.newBuilder().setVector(vector(values)).build();
    }

    private double counter(String name) {
        return coordinator.meters.get(name).counter().count();
    }

    /** Calls are counted when they have been answered. */
    private void awaitQueries(int count) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (counter("voronode.search.queries") < count) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    /** How often each stage was measured. */
    private Map<String, Long> counts(String name) {
        Map<String, Long> counts = new TreeMap<>();
        for (Timer timer : coordinator.meters.get(name).timers()) {
            counts.put(Objects.requireNonNull(timer.getId().getTag("stage")), timer.count());
        }
        return counts;
    }

    @Test
    void aSearchIsCountedWithTheStagesThatItHadItsWavesAndTheShardsItAsked() {
        SearchParams.Builder widened = SearchParams.newBuilder().setK(RECORDS);
        List<SearchResult> results = search(widened, query(), query());
        awaitQueries(2);

        assertThat(counts("voronode.search.stage"))
                .isEqualTo(Map.of("embed", 0L, "rank", 1L, "gather", 1L, "fetch", 0L));
        List<WaveExplanation> waves = results.stream()
                .map(SearchResult::getExplanation)
                .map(Explanation::getWavesList)
                .flatMap(List::stream)
                .toList();
        assertThat(counter("voronode.search.queries")).isEqualTo(2);
        assertThat(counter("voronode.search.waves")).isGreaterThan(2).isEqualTo(waves.size());
        assertThat(counter("voronode.search.probes"))
                .isEqualTo(
                        waves.stream().mapToInt(WaveExplanation::getShardsCount).sum());

        search(
                SearchParams.newBuilder().setK(1).setWithVector(true),
                Query.newBuilder().setText("words").build());
        awaitQueries(3);
        assertThat(counts("voronode.search.stage"))
                .isEqualTo(Map.of("embed", 1L, "rank", 2L, "gather", 2L, "fetch", 1L));
    }

    @Test
    void theTimesOfStagesAreThoseOfTheExplanation() {
        List<SearchResult> results = search(SearchParams.newBuilder().setK(5), query());
        awaitQueries(1);

        Explanation explanation = results.getFirst().getExplanation();
        assertThat(nanos("rank")).isEqualTo(Durations.toNanos(explanation.getRankTime()));
        assertThat(nanos("gather")).isEqualTo(Durations.toNanos(explanation.getGatherTime()));
    }

    private long nanos(String stage) {
        Timer timer = coordinator
                .meters
                .get("voronode.search.stage")
                .tag("stage", stage)
                .timer();
        return Math.round(timer.totalTime(TimeUnit.NANOSECONDS));
    }

    @Test
    void whatIsSearchedForNoClientIsNotCounted() throws InterruptedException {
        search(SearchParams.newBuilder().setK(5), query());
        Objects.requireNonNull(coordinator.shadows.poll(20, TimeUnit.SECONDS)).run();
        assertThat(coordinator.canary.done()).isOne();
        WhyNotResponse why = coordinator
                .search()
                .whyNot(WhyNotRequest.newBuilder()
                        .setCollection(FakeCluster.COLLECTION)
                        .setKey("key-1")
                        .setQuery(query())
                        .setParams(SearchParams.newBuilder().setK(1))
                        .build());
        assertThat(why.hasExplanation()).isTrue();

        awaitQueries(1);
        assertThat(counter("voronode.search.queries")).isOne();
        assertThat(counts("voronode.search.stage")).containsEntry("gather", 1L);
    }

    @Test
    void aWriteIsCountedWithTheStagesThatItHad() {
        assertThat(counts("voronode.write.stage"))
                .as("of vectors, without waiting")
                .isEqualTo(Map.of("embed", 0L, "prepare", 1L, "replicate", 1L, "index", 0L));

        upsert(
                Wait.WAIT_INDEXED,
                List.of(Record.newBuilder().setKey("a").setText("words").build()));

        assertThat(counts("voronode.write.stage"))
                .isEqualTo(Map.of("embed", 1L, "prepare", 2L, "replicate", 2L, "index", 1L));
        assertThat(coordinator.meters.get("voronode.write.stage").timers())
                .allSatisfy(timer ->
                        assertThat(timer.totalTime(TimeUnit.NANOSECONDS)).isPositive());
    }
}
