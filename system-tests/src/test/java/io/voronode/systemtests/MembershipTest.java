package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.ClusterInfo;
import io.voronode.client.CollectionConfig;
import io.voronode.client.Metric;
import io.voronode.client.VoronodeClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster under traffic, on a ZooKeeper ensemble of three, whose nodes come and go: it begins on one node, gets two more, loses a ZooKeeper
 * server, a node for longer than the grace period, and a coordinator that only falls silent.
 */
@Tag("slow")
final class MembershipTest {
    private static final String COLLECTION = "articles";
    private static final int DIMENSION = 32;
    private static final int LOAD = 1_000;
    private static final int QUERIES = 20;
    private static final int K = 10;
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    /** The limit is two seconds, of which an idle machine uses three quarters; this one may be busy. */
    private static final Duration FAIL_OVER_LIMIT = Duration.ofSeconds(4);

    @TempDir
    Path folder;

    private final Articles articles = new Articles(COLLECTION, Seeds.next("MembershipTest"), DIMENSION);

    @Test
    void aClusterGrowsFromOneNodeAndHealsByItself() throws InterruptedException {
        try (TestCluster cluster = TestCluster.start(folder, 1, 2, 3, List.of(), List.of("--node-grace", "3s"));
                VoronodeClient client = client(cluster)) {
            say("serving after " + cluster.awaitServing().toMillis() + " ms");
            begin(cluster, client);
            grow(cluster, client);
            loseAZooKeeperServer(cluster, client);
            loseANodeForGood(cluster, client);
            silenceACoordinator(cluster);
        }
    }

    private static VoronodeClient client(TestCluster cluster) {
        return cluster.client()
                .deadline(Duration.ofSeconds(30))
                .retryFor(Duration.ofSeconds(30))
                .build();
    }

    private void begin(TestCluster cluster, VoronodeClient client) throws InterruptedException {
        client.createCollection(CollectionConfig.builder(COLLECTION)
                .dimension(DIMENSION)
                .metric(Metric.EUCLIDEAN)
                .shards(2)
                .trainAt(500)
                .build());
        load(cluster, client, 0, () -> null);
        Eventually.await("a trained generation", TIMEOUT, () -> {
            var info = client.getCollection(COLLECTION);
            return info.servingGeneration() > 0 ? null : info.toString();
        });
    }

    /** Two nodes come under load: every partition gets three replicas, every shard two. */
    private void grow(TestCluster cluster, VoronodeClient client) throws InterruptedException {
        long start = System.nanoTime();
        cluster.addNode();
        cluster.addNode();
        load(cluster, client, LOAD, () -> missingReplicas(client.describeCluster(), 3, 2));
        say("grown to three replicas under load after " + (System.nanoTime() - start) / 1_000_000 + " ms");
        cluster.awaitServing();
    }

    private void loseAZooKeeperServer(TestCluster cluster, VoronodeClient client) throws InterruptedException {
        cluster.kill("zookeeper-1");
        load(cluster, client, 2 * LOAD, () -> null);
        cluster.restart("zookeeper-1");
    }

    /** The node's shards are built on the others; what it returns with is not asked before it is up to date. */
    private void loseANodeForGood(TestCluster cluster, VoronodeClient client) throws InterruptedException {
        cluster.kill("node-2");
        load(cluster, client, 3 * LOAD, () -> null);
        Duration took = Eventually.await("shards built elsewhere", TIMEOUT, () -> {
            ClusterInfo now = client.describeCluster();
            boolean named = now.shards().stream().anyMatch(shard -> shard.node().equals("node-2"));
            return named ? "node-2 is still named" : missingReplicas(now, 3, 2);
        });
        say("the shards of node-2 were elsewhere after " + took.toMillis() + " ms more");
        cluster.restart("node-2");
        cluster.awaitServing();
        load(cluster, client, 4 * LOAD, () -> null);
    }

    /** A paused coordinator answers nobody and closes no connection. */
    private void silenceACoordinator(TestCluster cluster) throws InterruptedException {
        try (VoronodeClient client = client(cluster)) {
            client.count(COLLECTION);
            cluster.pause("coordinator-1");
            long start = System.nanoTime();
            assertThat(client.count(COLLECTION)).isEqualTo(5L * LOAD);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            cluster.resume("coordinator-1");
            say("a client left a silent coordinator within " + took.toMillis() + " ms");
            assertThat(took).isLessThan(FAIL_OVER_LIMIT);
        }
    }

    /** Writes the next records, waits meanwhile until nothing is missing, and then checks everything written so far. */
    private void load(TestCluster cluster, VoronodeClient client, int from, Supplier<@Nullable String> missing)
            throws InterruptedException {
        try (Loading loading = Loading.start(articles, from, from + LOAD, () -> client(cluster))) {
            Eventually.await("the cluster's new shape", TIMEOUT, missing::get);
            assertThat(loading.finish()).hasSize(LOAD);
        }
        List<Integer> numbers = IntStream.range(0, from + LOAD).boxed().toList();
        assertThat(articles.countLost(client, numbers)).as("lost records").isZero();
        articles.checkExactSearches(client, from + LOAD, QUERIES, K);
    }

    private static @Nullable String missingReplicas(ClusterInfo cluster, int rows, int index) {
        for (ClusterInfo.Partition partition : cluster.partitions()) {
            if (partition.nodes().size() < rows) {
                return "partition " + partition.number() + " is only on " + partition.nodes();
            }
        }
        Map<String, Long> ready = cluster.shards().stream()
                .collect(Collectors.groupingBy(
                        shard -> "shard " + shard.number() + " of generation " + shard.generation(),
                        Collectors.filtering(ClusterInfo.Shard::ready, Collectors.counting())));
        return ready.entrySet().stream()
                .filter(shard -> shard.getValue() < index)
                .map(shard -> shard.getKey() + " has " + shard.getValue() + " ready replicas")
                .findFirst()
                .orElse(null);
    }

    private static void say(String line) {
        System.out.println("MembershipTest: " + line);
    }
}
