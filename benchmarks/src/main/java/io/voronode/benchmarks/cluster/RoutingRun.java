package io.voronode.benchmarks.cluster;

import io.voronode.benchmarks.cluster.MeasuredCluster.Work;
import io.voronode.benchmarks.data.GroundTruth;
import io.voronode.benchmarks.data.Workload;
import io.voronode.client.Explanation;
import io.voronode.client.Hit;
import io.voronode.client.Query;
import io.voronode.client.SearchOptions;
import io.voronode.client.SearchResult;
import io.voronode.client.VoronodeClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Searches with one wanted recall in a cluster at rest: first explained, to see what is asked of whom, then in calls of one query and of many, to
 * see what they cost. The collection has the rows of the workload, under their numbers as keys. One thread uses it.
 */
final class RoutingRun {
    private static final int K = 10;
    private static final double RECALL = 0.95;
    private static final int BATCH = 64;
    private static final double ROUND_SECONDS = 15;
    private static final int MOST_ROUNDS = 8;
    /** Rounds that are not faster than one before them by as much, before the programs count as compiled. */
    private static final int LEVEL_ROUNDS = 2;

    private static final double GAIN = 1.02;
    private static final double IDLE_SECONDS = 5;
    private static final double MEASURED_SECONDS = 15;
    private static final int RANDOM_DRAWS = 20;

    private final MeasuredCluster cluster;
    private final VoronodeClient client;
    private final String collection;
    private final Workload workload;
    private final GroundTruth truth;
    private final List<Query> queries;

    RoutingRun(
            MeasuredCluster cluster, VoronodeClient client, String collection, Workload workload, GroundTruth truth) {
        this.cluster = cluster;
        this.client = client;
        this.collection = collection;
        this.workload = workload;
        this.truth = truth;
        this.queries = Arrays.stream(workload.queries()).map(Query::of).toList();
    }

    RoutedFigures measure() throws IOException, InterruptedException {
        List<SearchResult> explained = explained();
        int shards = client.getCollection(collection).serving().orElseThrow().shardCount();
        long[] asked = new long[shards];
        explanations(explained).forEach(explanation -> shardsOf(explanation).forEach(shard -> asked[shard]++));
        double mean = Arrays.stream(asked).average().orElseThrow();
        List<Query> warmUp =
                Arrays.stream(workload.warmUp(queries.size())).map(Query::of).toList();
        warmUp(warmUp, 1);
        warmUp(warmUp, BATCH);
        double idleShare = idleShare();
        return new RoutedFigures(
                cluster.nodes().size(),
                recall(explained),
                mean(explained, explanation -> shardsOf(explanation).size()),
                mean(explained, Explanation::codesScanned),
                mean(explained, Explanation::codesRefined),
                mean(explained, Explanation::vectorsScanned),
                Arrays.stream(asked).max().orElseThrow() / mean,
                calls(1, idleShare),
                calls(BATCH, idleShare));
    }

    /** Shards that a query would have to ask if the same cells had been dealt out to the shards at random. */
    double randomlyPlaced(long seed) {
        var serving = client.getCollection(collection).serving().orElseThrow();
        SplittableRandom random = new SplittableRandom(seed);
        List<Explanation> explained = explanations(explained()).toList();
        return IntStream.range(0, RANDOM_DRAWS)
                .mapToObj(_ -> dealt(serving.cellCount(), serving.shardCount(), random))
                .mapToDouble(shardOf -> explained.stream()
                        .mapToLong(explanation -> cellsOf(explanation)
                                .map(cell -> shardOf[cell])
                                .distinct()
                                .count())
                        .average()
                        .orElseThrow())
                .average()
                .orElseThrow();
    }

    /** As many cells to each shard. */
    private static int[] dealt(int cells, int shards, SplittableRandom random) {
        int[] shardOf = IntStream.range(0, cells).map(cell -> cell % shards).toArray();
        for (int i = cells - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = shardOf[i];
            shardOf[i] = shardOf[j];
            shardOf[j] = swapped;
        }
        return shardOf;
    }

    private List<SearchResult> explained() {
        SearchOptions options =
                SearchOptions.builder(K).targetRecall(RECALL).explain(true).build();
        return queries.stream()
                .map(query -> client.search(collection, query, options))
                .toList();
    }

    private static Stream<Explanation> explanations(List<SearchResult> results) {
        return results.stream().map(result -> Objects.requireNonNull(result.explanation()));
    }

    private static Set<Integer> shardsOf(Explanation explanation) {
        Set<Integer> shards = new HashSet<>();
        explanation.waves().forEach(wave -> wave.shards().forEach(shard -> shards.add(shard.shard())));
        return shards;
    }

    private static IntStream cellsOf(Explanation explanation) {
        return explanation.waves().stream()
                .flatMap(wave -> wave.cells().stream())
                .mapToInt(Integer::intValue);
    }

    private static double mean(List<SearchResult> results, ToDoubleFunction<Explanation> figure) {
        return explanations(results).mapToDouble(figure).average().orElseThrow();
    }

    private double recall(List<SearchResult> results) {
        return IntStream.range(0, results.size())
                .mapToDouble(query -> truth.recall(query, rows(results.get(query)), K))
                .average()
                .orElseThrow();
    }

    private static int[] rows(SearchResult result) {
        return result.hits().stream().map(Hit::key).mapToInt(Integer::parseInt).toArray();
    }

    /** Processor seconds in a second in which nobody asks for anything. */
    private double idleShare() throws IOException, InterruptedException {
        Work before = cluster.work();
        long start = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep((long) (IDLE_SECONDS * 1e3));
        return cluster.work().since(before).processor().toNanos() / (double) (System.nanoTime() - start);
    }

    private RoutedFigures.Calls calls(int size, double idleShare) throws IOException, InterruptedException {
        Work before = cluster.work();
        long start = System.nanoTime();
        double[] times = run(queries, size, MEASURED_SECONDS);
        double seconds = (System.nanoTime() - start) / 1e9;
        Work work = cluster.work().since(before);
        double asked = (double) times.length * size;
        Arrays.sort(times);
        double outside = work.processor().toNanos() / 1e9 - work.engineSeconds() - idleShare * seconds;
        return new RoutedFigures.Calls(
                asked / seconds,
                times[times.length / 2],
                times[(int) (times.length * 0.99)],
                1e6 * work.engineSeconds() / asked,
                1e6 * outside / asked,
                work.searchBytes() / asked);
    }

    /**
     * Searches until that does not become faster: what runs all day is what an operator pays for, and the compilers of ten processes on few
     * processors need minutes for it.
     */
    private void warmUp(List<Query> asked, int size) throws IOException {
        double most = 0;
        int level = 0;
        for (int round = 0; round < MOST_ROUNDS && level < LEVEL_ROUNDS; round++) {
            double calls = run(asked, size, ROUND_SECONDS).length;
            level = calls > GAIN * most ? 0 : level + 1;
            most = Math.max(most, calls);
        }
    }

    /** Calls for about so long; how long each took, in milliseconds. */
    private double[] run(List<Query> asked, int size, double seconds) throws IOException {
        SearchOptions options = SearchOptions.builder(K).targetRecall(RECALL).build();
        List<Double> times = new ArrayList<>();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (int next = 0; System.nanoTime() < end; next = next + 2 * size > asked.size() ? 0 : next + size) {
            long start = System.nanoTime();
            List<SearchResult> results = size == 1
                    ? List.of(client.search(collection, asked.get(next), options))
                    : client.batchSearch(collection, asked.subList(next, next + size), options);
            times.add((System.nanoTime() - start) / 1e6);
            if (results.stream().anyMatch(result -> result.coverage().share() < 1)) {
                throw new IOException("a search was answered in part: " + results);
            }
        }
        return times.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
