package io.voronode.coordinator.canary;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.voronode.coordinator.fake.FakeCluster;
import io.voronode.coordinator.gather.ScanTrace;
import io.voronode.coordinator.gather.SearchAnswer;
import io.voronode.coordinator.image.CollectionImage;
import io.voronode.coordinator.token.SessionToken;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.clustering.ProbeCalibration;
import io.voronode.engine.clustering.ProbeCalibrator;
import io.voronode.engine.simd.Metric;
import io.voronode.proto.v1.Coverage;
import io.voronode.proto.v1.ExistsFilter;
import io.voronode.proto.v1.Explanation;
import io.voronode.proto.v1.Filter;
import io.voronode.proto.v1.Hit;
import io.voronode.proto.v1.Query;
import io.voronode.proto.v1.SearchParams;
import io.voronode.proto.v1.SearchResult;
import io.voronode.wire.VoronodeException.Unavailable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/** A canary whose clock, chance, searches and controller are the test's. */
abstract class CanaryBed {
    static final int DIMENSION = 4;
    static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    static final SearchParams PARAMS =
            SearchParams.newBuilder().setK(4).setTargetRecall(0.9).build();
    static final Filter FILTER = Filter.newBuilder()
            .setExists(ExistsFilter.newBuilder().setField("k"))
            .build();

    final FakeCluster cluster = new FakeCluster(1, 1, Metric.EUCLIDEAN, DIMENSION);
    final ByteString uuid = cluster.spec().getUuid();
    final CollectionImage collection = collection();

    long nanos = 77;
    double random;
    double estimate = 0.91;
    final List<Runnable> waiting = new ArrayList<>();
    boolean rejecting;

    final Deque<SearchParams> searched = new ArrayDeque<>();
    final List<List<Query>> queries = new ArrayList<>();
    List<Hit> truth = hits("a", "b", "c", "d");
    long shadowNanos = SECOND;
    boolean failing;
    Context searchedIn = Context.ROOT;
    Runnable duringSearch = () -> {};

    record Asked(ByteString uuid, int generation, ByteString digest, List<float[]> queries) {}

    final List<Asked> asked = new ArrayList<>();
    boolean accepting = true;
    final RecallCanary canary = canary(0.001);

    RecallCanary canary(double share) {
        return new RecallCanary(
                share,
                this::search,
                (collectionUuid, generation, digest, vectors) -> {
                    asked.add(new Asked(collectionUuid, generation, digest, vectors));
                    return accepting;
                },
                new RecallCanary.Surroundings(this::execute, () -> 1, () -> nanos, () -> random));
    }

    void execute(Runnable task) {
        if (rejecting) {
            throw new RejectedExecutionException("closing");
        }
        waiting.add(task);
    }

    SearchAnswer search(CollectionImage in, List<Query> of, SearchParams params) {
        searchedIn = Context.current();
        assertThat(searchedIn.getDeadline()).isNotNull();
        duringSearch.run();
        searched.add(params);
        queries.add(of);
        nanos += shadowNanos;
        if (failing) {
            throw new Unavailable("ordered by the test");
        }
        return answer(truth, 1, false);
    }

    CollectionImage collection() {
        Random seeded = new Random(3);
        float[][] sample = new float[100][DIMENSION];
        for (float[] vector : sample) {
            for (int i = 0; i < DIMENSION; i++) {
                vector[i] = seeded.nextFloat();
            }
        }
        CellMap map =
                CellTrainer.train(sample, new CellTraining(Metric.EUCLIDEAN, DIMENSION, 30, 2, 1, 1), () -> false);
        ProbeCalibrator calibrator = new ProbeCalibrator();
        calibrator.add(map.rank(sample[0], map.cellCount()).distances(), 4, new int[] {0, 0, 0, 0});
        ProbeCalibration calibration = calibrator.fit(map.digest());
        cluster.calibrate(1, map, calibration);
        return cluster.image(1).collection(FakeCluster.COLLECTION);
    }

    static List<Hit> hits(String... keys) {
        return IntStream.range(0, keys.length)
                .mapToObj(
                        i -> Hit.newBuilder().setKey(keys[i]).setDistance(i + 1).build())
                .toList();
    }

    SearchAnswer answer(List<Hit> hits, double coverage, boolean exact) {
        return answer(hits, coverage, trace(collection, 100, exact));
    }

    ScanTrace trace(CollectionImage searched, long records, boolean exact) {
        return trace(searched, 3, records, exact);
    }

    ScanTrace trace(CollectionImage searched, int cells, long records, boolean exact) {
        return new ScanTrace(searched, new float[] {1, 2, 3, 4}, cells, 1, 1, 0, 0, records, estimate, exact);
    }

    SearchAnswer answer(List<Hit> hits, double coverage, ScanTrace trace) {
        SearchResult result = SearchResult.newBuilder()
                .addAllHits(hits)
                .setCoverage(Coverage.newBuilder().setShare(coverage))
                .build();
        return new SearchAnswer(
                List.of(result),
                List.of(trace),
                SessionToken.empty(uuid),
                0,
                Map.of(),
                Explanation::getDefaultInstance);
    }

    SearchAnswer halfRight() {
        return answer(hits("a", "b"), 1, false);
    }

    void runAll() {
        List<Runnable> tasks = List.copyOf(waiting);
        waiting.clear();
        tasks.forEach(Runnable::run);
    }

    /** A search and its shadow, with the time that the shadow costs. */
    void watch(SearchAnswer answer, SearchParams params) {
        canary.answered(answer, params);
        runAll();
        nanos += 100 * shadowNanos;
    }

    /** So many searches that find half of what they should. */
    void watch(int count, SearchParams params) {
        IntStream.range(0, count).forEach(i -> watch(halfRight(), params));
    }

    @AfterEach
    void close() {
        canary.close();
        cluster.close();
    }
}
