package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.ClusterInfo;
import io.voronode.client.CollectionConfig;
import io.voronode.client.Metric;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.WriteReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
    /** Records written in each step, however soon its end is reached, and at the most. */
    private static final int LEAST = 500;

    private static final int MOST = 4_000;
    private static final int HOT_KEYS = 50;
    private static final int QUERIES = 20;
    private static final int K = 10;
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    /** The limit is two seconds, of which an idle machine uses three quarters; this one may be busy. */
    private static final Duration FAIL_OVER_LIMIT = Duration.ofSeconds(4);

    @TempDir
    Path folder;

    private final Articles articles = new Articles(COLLECTION, Seeds.next("MembershipTest"), DIMENSION);

    private int written;

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
        loadUntil(cluster, client, () -> {
            var info = client.getCollection(COLLECTION);
            return info.servingGeneration() > 0 ? null : info.toString();
        });
    }

    /** Two nodes come under load: every partition gets three replicas, every shard two. */
    private void grow(TestCluster cluster, VoronodeClient client) throws InterruptedException {
        long start = System.nanoTime();
        cluster.addNode();
        cluster.addNode();
        int acknowledged = loadUntil(cluster, client, () -> missingReplicas(client.describeCluster(), 3, 2));
        say("grown to three replicas after " + (System.nanoTime() - start) / 1_000_000 + " ms, " + acknowledged
                + " acknowledged and checked meanwhile");
        cluster.awaitServing();
    }

    private void loseAZooKeeperServer(TestCluster cluster, VoronodeClient client) throws InterruptedException {
        cluster.kill("zookeeper-1");
        loadUntil(cluster, client, () -> null);
        cluster.restart("zookeeper-1");
    }

    /** The node's shards are built on the others; what it returns with is not asked before it is up to date. */
    private void loseANodeForGood(TestCluster cluster, VoronodeClient client) throws InterruptedException {
        cluster.kill("node-2");
        long start = System.nanoTime();
        int acknowledged = loadUntil(cluster, client, () -> {
            ClusterInfo now = client.describeCluster();
            boolean named = now.shards().stream().anyMatch(shard -> shard.node().equals("node-2"));
            return named ? "node-2 is still named" : missingReplicas(now, 3, 2);
        });
        say("the shards of node-2 were elsewhere and all checked after " + (System.nanoTime() - start) / 1_000_000
                + " ms, " + acknowledged + " acknowledged meanwhile");
        cluster.restart("node-2");
        cluster.awaitServing();
        loadUntil(cluster, client, () -> null);
    }

    /**
     * A paused coordinator answers nobody and closes no connection. The writes that it had taken are repeated at the other one, and
     * others follow; when it goes on it must not apply what it still holds over what came after.
     */
    private void silenceACoordinator(TestCluster cluster) throws InterruptedException {
        try (VoronodeClient client = client(cluster);
                VoronodeClient other = cluster.clientOf("coordinator-2").build()) {
            List<CompletableFuture<WriteReport>> first = new ArrayList<>();
            for (int i = 0; i < HOT_KEYS; i++) {
                client.upsert(COLLECTION, hot(i, 1));
            }
            cluster.pause("coordinator-1");
            long start = System.nanoTime();
            for (int i = 0; i < HOT_KEYS; i++) {
                first.add(client.async().upsert(COLLECTION, List.of(hot(i, 2))));
            }
            first.forEach(CompletableFuture::join);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            say("a client's writes left a silent coordinator within " + took.toMillis() + " ms");
            assertThat(took).isBetween(Duration.ofMillis(500), FAIL_OVER_LIMIT);
            for (int i = 0; i < HOT_KEYS; i++) {
                other.upsert(COLLECTION, hot(i, 3));
            }
            cluster.resume("coordinator-1");
            cluster.awaitServing();
            for (int i = 0; i < HOT_KEYS; i++) {
                assertThat(other.get(COLLECTION, "hot-" + i))
                        .hasValueSatisfying(
                                stored -> assertThat(stored.payload()).isEqualTo("{\"write\":3}"));
            }
        }
    }

    private static VectorRecord hot(int key, int write) {
        return VectorRecord.builder("hot-" + key)
                .vector(new float[DIMENSION])
                .payload("{\"write\":" + write + "}")
                .build();
    }

    /**
     * Writes until nothing is missing any more, and then checks everything written so far.
     *
     * @return what was acknowledged meanwhile
     */
    private int loadUntil(TestCluster cluster, VoronodeClient client, Eventually.Check missing)
            throws InterruptedException {
        int acknowledged;
        try (Loading loading = Loading.start(articles, written, written + MOST, () -> client(cluster))) {
            loading.awaitAcknowledged(LEAST);
            Eventually.await("the cluster's new shape", TIMEOUT, missing);
            acknowledged = loading.finishNow().size();
        }
        written += acknowledged;
        List<Integer> numbers = IntStream.range(0, written).boxed().toList();
        assertThat(articles.countLost(client, numbers)).as("lost records").isZero();
        articles.checkExactSearches(client, written, QUERIES, K);
        return acknowledged;
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
