package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.CollectionConfig;
import io.voronode.client.CollectionInfo;
import io.voronode.client.GenerationState;
import io.voronode.client.Metric;
import io.voronode.client.Query;
import io.voronode.client.SearchOptions;
import io.voronode.client.VoronodeClient;
import io.voronode.wire.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster of ZooKeeper, two coordinators and three shard nodes loses processes while it works: a shard node under load, then the controller
 * in the middle of a generation's build. Prints figures of each step.
 */
@Tag("slow")
final class ClusterTest {
    private static final String COLLECTION = "articles";
    private static final int DIMENSION = 64;
    private static final int LOAD = 5_000;
    private static final int QUERIES = 100;
    private static final int K = 10;
    private static final int KILL_ATTEMPTS = 5;
    private static final int WARM_UP_CALLS = 3_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    /** Small logs, so that a node that was away has to be brought up to date by a snapshot. */
    private static final List<String> SMALL_LOGS =
            List.of("--snapshot-bytes", "128KiB", "--log-segment-bytes", "64KiB", "--log-entries-kept", "10");

    @TempDir
    Path folder;

    private final long startNanos = System.nanoTime();
    private final Articles articles = new Articles(COLLECTION, Seeds.next("ClusterTest"), DIMENSION);

    @Test
    void nothingIsLostWhenANodeAndThenTheControllerAreKilled() throws InterruptedException {
        try (TestCluster cluster = TestCluster.start(folder, 3, 2, 1, SMALL_LOGS, List.of());
                VoronodeClient client = client(cluster)) {
            say("serving after " + ms(cluster.awaitServing()));
            prepare(cluster, client);
            killANodeUnderLoad(cluster, client);
            bringItBack(cluster, client);
            killTheControllerDuringABuild(cluster, client);
            printUsage(cluster, client);
        }
    }

    private static VoronodeClient client(TestCluster cluster) {
        return cluster.client()
                .deadline(Duration.ofSeconds(30))
                .retryFor(Duration.ofSeconds(30))
                .build();
    }

    // ---- the steps

    private void prepare(TestCluster cluster, VoronodeClient client) throws InterruptedException {
        client.createCollection(CollectionConfig.builder(COLLECTION)
                .dimension(DIMENSION)
                .metric(Metric.EUCLIDEAN)
                .replication(3)
                .indexReplicas(2)
                .shards(4)
                .trainAt(2_000)
                .build());
        try (Loading loading = Loading.start(articles, 0, LOAD, () -> client(cluster))) {
            loading.finish();
        }
        Eventually.await("a trained generation", TIMEOUT, () -> {
            CollectionInfo info = client.getCollection(COLLECTION);
            return info.servingGeneration() > 0 && info.generations().size() == 1 ? null : info.toString();
        });
        cluster.awaitServing();
        assertThat(client.getCollection(COLLECTION).generations().getFirst().shardCount())
                .isEqualTo(4);
        say("loaded and trained");
    }

    private void killANodeUnderLoad(TestCluster cluster, VoronodeClient client) throws InterruptedException {
        String victim = leaderOfMost(client);
        try (Loading loading = Loading.start(articles, LOAD, 2 * LOAD, () -> client(cluster))) {
            loading.awaitAcknowledged(LOAD / 2);
            cluster.kill(victim);
            List<Integer> acknowledged = loading.finish();
            assertThat(acknowledged).hasSize(LOAD);
            say("killed " + victim + " under load: " + acknowledged.size() + " acknowledged, longest pause of writes "
                    + ms(loading.longestSilence()));
        }
        checkEverything(client, 2 * LOAD);
    }

    private static String leaderOfMost(VoronodeClient client) {
        return client.describeCluster().partitions().stream()
                .map(partition -> partition.leader())
                .filter(leader -> !leader.isEmpty())
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private void bringItBack(TestCluster cluster, VoronodeClient client) throws InterruptedException {
        String victim = cluster.nodes().stream()
                .filter(node -> !cluster.process(node).isRunning())
                .findFirst()
                .orElseThrow();
        cluster.restart(victim);
        say(victim + " serves again after " + ms(cluster.awaitServing()));
        awaitEqualReplicas(cluster, client);
        double installs = Metrics.of(cluster.httpPort(victim)).sum("voronode_partition_snapshot_installs_total");
        say(victim + " took over " + (long) installs + " snapshots");
        assertThat(installs).as("snapshots that %s took over", victim).isPositive();
        Eventually.await("a ready shard on " + victim, TIMEOUT, () -> hasReadyShard(client, victim) ? null : "none");
        checkEverything(client, 2 * LOAD);
    }

    /** A look may find none for a moment: a replica that was away for long is made anew from a scan, and a busy node may answer late. */
    private static boolean hasReadyShard(VoronodeClient client, String node) {
        return client.describeCluster().shards().stream()
                .anyMatch(shard -> shard.node().equals(node) && shard.ready());
    }

    private void killTheControllerDuringABuild(TestCluster cluster, VoronodeClient client) throws InterruptedException {
        try (Loading loading = Loading.start(articles, 2 * LOAD, 3 * LOAD, () -> client(cluster))) {
            Build build = killDuringBuild(cluster);
            Duration took = Eventually.await("generation " + build.generation() + " serving", TIMEOUT, () -> {
                CollectionInfo info = client.getCollection(COLLECTION);
                return info.servingGeneration() >= build.generation() ? null : info.toString();
            });
            List<Integer> acknowledged = loading.finish();
            assertThat(acknowledged).hasSize(LOAD);
            say("killed controller " + build.controller() + " while generation " + build.generation() + " was "
                    + build.state() + ": served " + ms(took) + " later; " + acknowledged.size()
                    + " acknowledged, longest pause of writes " + ms(loading.longestSilence()));
            assertThat(cluster.controller())
                    .as("the coordinator that finished the build")
                    .isNotEqualTo(build.controller());
            checkEverything(client, 3 * LOAD);
            cluster.restart(build.controller());
            cluster.awaitServing();
        }
        awaitEqualReplicas(cluster, client);
        checkEverything(client, 3 * LOAD);
    }

    /**
     * A build that lost its controller.
     *
     * @param state what the other coordinator says of it after the kill
     */
    private record Build(String controller, int generation, GenerationState state) {}

    /** A build that was over before the kill took effect proves nothing: then the next one is tried. */
    private Build killDuringBuild(TestCluster cluster) throws InterruptedException {
        for (int attempt = 0; attempt < KILL_ATTEMPTS; attempt++) {
            String controller = cluster.controller();
            String other = controller.equals("coordinator-1") ? "coordinator-2" : "coordinator-1";
            try (VoronodeClient witness = cluster.clientOf(other).build()) {
                int generation = Eventually.get("a retraining", TIMEOUT, () -> retrain(witness));
                Eventually.await("a build", TIMEOUT, () -> isKnown(witness, generation) ? null : "not begun");
                cluster.kill(controller);
                GenerationState state = unfinished(witness.getCollection(COLLECTION), generation);
                if (state != null) {
                    return new Build(controller, generation, state);
                }
            }
            cluster.restart(controller);
            cluster.awaitServing();
        }
        throw new AssertionError("every build was over before its controller was killed");
    }

    /** Null while another generation is being built. */
    private static @Nullable Integer retrain(VoronodeClient client) {
        CollectionInfo info = client.getCollection(COLLECTION);
        return info.generations().size() == 1 ? client.retrainCollection(COLLECTION) : null;
    }

    private static boolean isKnown(VoronodeClient client, int generation) {
        CollectionInfo info = client.getCollection(COLLECTION);
        return info.servingGeneration() >= generation
                || info.generations().stream().anyMatch(known -> known.number() == generation);
    }

    private static @Nullable GenerationState unfinished(CollectionInfo info, int generation) {
        return info.servingGeneration() >= generation
                ? null
                : info.generations().stream()
                        .filter(known -> known.number() == generation)
                        .map(known -> known.state())
                        .filter(Set.of(GenerationState.TRAINING, GenerationState.BUILDING)::contains)
                        .findFirst()
                        .orElse(null);
    }

    // ---- what must hold after each step

    private void checkEverything(VoronodeClient client, int count) {
        List<Integer> numbers = IntStream.range(0, count).boxed().toList();
        int lost = articles.countLost(client, numbers);
        say("read " + count + " records back, " + lost + " lost");
        assertThat(lost).as("lost records").isZero();
        articles.checkExactSearches(client, count, QUERIES, K);
        say(QUERIES + " exact searches equal brute force");
    }

    private void awaitEqualReplicas(TestCluster cluster, VoronodeClient client) throws InterruptedException {
        String uuid = client.getCollection(COLLECTION).uuid();
        try (Channels channels = new Channels()) {
            Duration took = Eventually.await("equal replicas", TIMEOUT, () -> {
                for (var partition : client.describeCluster().partitions()) {
                    Map<String, String> hashes = partition.nodes().stream()
                            .collect(Collectors.toMap(
                                    Function.identity(),
                                    node -> ReplicaRows.hash(
                                            channels, cluster.nodeAddress(node), partition.number(), uuid)));
                    if (hashes.size() != 3 || Set.copyOf(hashes.values()).size() != 1) {
                        return "partition " + partition.number() + ": " + hashes;
                    }
                }
                return null;
            });
            say("row hashes of all replicas agree after " + ms(took));
        }
    }

    // ---- figures

    private void printUsage(TestCluster cluster, VoronodeClient client) {
        cluster.processes()
                .forEach(process -> say(process.name() + ": " + (process.residentBytes() >> 20) + " MiB resident"));
        warmUp(client);
        printCpu(cluster, client, 1, 1_000);
        printCpu(cluster, client, 64, 100);
    }

    /** So that the figures are of compiled code. */
    private static void warmUp(VoronodeClient client) {
        Random random = new Random(1);
        for (int call = 0; call < WARM_UP_CALLS; call++) {
            client.search(COLLECTION, Query.of(Seeds.vector(random, DIMENSION)), SearchOptions.top(K));
        }
    }

    private void printCpu(TestCluster cluster, VoronodeClient client, int queriesPerCall, int calls) {
        Random random = new Random(articles.seed());
        List<List<Query>> batches = new ArrayList<>();
        for (int call = 0; call < calls; call++) {
            batches.add(IntStream.range(0, queriesPerCall)
                    .mapToObj(query -> Query.of(Seeds.vector(random, DIMENSION)))
                    .toList());
        }
        Map<String, Long> before = cpuMs(cluster);
        batches.forEach(batch -> client.batchSearch(COLLECTION, batch, SearchOptions.top(K)));
        Map<String, Long> after = cpuMs(cluster);
        after.forEach((name, ms) -> {
            long micros = (ms - before.getOrDefault(name, 0L)) * 1_000 / ((long) calls * queriesPerCall);
            say(name + ": " + micros + " us of processor time a query at " + queriesPerCall + " queries a call");
        });
    }

    private static Map<String, Long> cpuMs(TestCluster cluster) {
        return cluster.processes().stream()
                .collect(
                        Collectors.toMap(ServerProcess::name, ServerProcess::cpuMs, (one, other) -> one, TreeMap::new));
    }

    private static String ms(Duration duration) {
        return duration.toMillis() + " ms";
    }

    private void say(String line) {
        System.out.println("ClusterTest after " + (System.nanoTime() - startNanos) / 1_000_000 + " ms: " + line);
    }
}
