package io.voronode.systemtests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.ClusterInfo;
import io.voronode.client.CollectionConfig;
import io.voronode.client.CollectionInfo;
import io.voronode.client.Metric;
import io.voronode.client.VoronodeClient;
import io.voronode.systemtests.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of sixteen partitions and sixteen shards under traffic, from one node to three to five; then one is drained and removed, and
 * another dies for good. No acknowledged write is lost, no client waits for long, and in the end all copies are there and equal. Takes longer than
 * a build has time for, so it is run by {@code scripts/faults.sh growth}. One thread uses it.
 */
final class Growth {
    private static final String COLLECTION = "growing";
    private static final int PARTITIONS = 16;
    private static final int SHARDS = 16;
    private static final int INDEX_REPLICAS = 2;
    private static final int TRAIN_AT = 1_000;
    private static final double MOST_OVER_MEAN = 1.15;
    private static final long RECORD_BYTES = 128 + 4L * Content.DIMENSION;
    private static final long REPLICA_BYTES = 16L << 20;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private Growth() {}

    /**
     * Runs it in a new cluster, whose files lie in the folder.
     *
     * @throws AssertionError where anything is not as it must be
     */
    static void run(Path folder, long seed) throws InterruptedException {
        try (Stage stage = Stage.startGrowing(folder, PARTITIONS);
                VoronodeClient client = stage.client()) {
            Scene scene = new Scene(stage, client, COLLECTION);
            client.createCollection(CollectionConfig.builder(COLLECTION)
                    .dimension(Content.DIMENSION)
                    .metric(Metric.EUCLIDEAN)
                    .replication(3)
                    .indexReplicas(INDEX_REPLICAS)
                    .shards(SHARDS)
                    .trainAt(TRAIN_AT)
                    .build());
            try (Traffic traffic = Traffic.start(COLLECTION, stage.cluster()::client, seed)) {
                traffic.awaitAcknowledged(2L * TRAIN_AT);
                Eventually.await("a trained generation", TIMEOUT, () -> untrained(client));
                steps(scene, traffic);
                traffic.stop();
                Aftermath.Findings findings = Aftermath.check(scene, traffic);
                assertThat(findings.problems()).isEmpty();
                say("ok acked=" + traffic.acknowledged() + " lost=" + findings.lost() + " doubled=" + findings.doubled()
                        + " resurrected=" + findings.resurrected() + " refused=" + traffic.refusals());
            }
        }
    }

    private static @Nullable String untrained(VoronodeClient client) {
        CollectionInfo info = client.getCollection(COLLECTION);
        return info.servingGeneration() > 0 ? null : info.toString();
    }

    private static void steps(Scene scene, Traffic traffic) throws InterruptedException {
        step("three nodes", scene, traffic, () -> {
            scene.cluster().addNode();
            scene.cluster().addNode();
        });
        step("five nodes", scene, traffic, () -> {
            scene.cluster().addNode();
            scene.cluster().addNode();
        });
        assertThat(mostOverMean(weightByNode(scene.client().describeCluster())))
                .as("weight of the fullest node over the mean")
                .isLessThanOrEqualTo(MOST_OVER_MEAN);
        step("one drained", scene, traffic, () -> scene.client().drainNode("node-2"));
        scene.client().removeNode("node-2", false);
        scene.cluster().stop("node-2");
        step("one dead", scene, traffic, () -> scene.cluster().kill("node-3"));
    }

    /** What happens, and then the time until all copies are where they should be; the traffic goes on meanwhile. */
    private static void step(String name, Scene scene, Traffic traffic, Runnable change) throws InterruptedException {
        long before = traffic.acknowledged();
        long start = System.nanoTime();
        change.run();
        Duration waited = traffic.probe();
        Eventually.await(name + " with all copies", TIMEOUT, () -> unsettled(scene));
        traffic.awaitAcknowledged(before + 100);
        ClusterInfo cluster = scene.client().describeCluster();
        say(name + ": all copies in place after "
                + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s, writes to all partitions after "
                + waited.toMillis() + " ms, " + (traffic.acknowledged() - before) + " acknowledged meanwhile; replicas "
                + replicasByNode(cluster)
                + String.format(Locale.ROOT, ", fullest node x %.2f of the mean", mostOverMean(weightByNode(cluster))));
    }

    private static @Nullable String unsettled(Scene scene) {
        ClusterInfo cluster = scene.client().describeCluster();
        for (ClusterInfo.Partition partition : cluster.partitions()) {
            if (partition.nodes().size() != 3 || partition.leader().isEmpty()) {
                return partition.toString();
            }
            if (!partition.nodes().stream().allMatch(node -> holds(scene, cluster, node))) {
                return partition + " is on a node that should hold nothing";
            }
        }
        for (String node : scene.cluster().nodes()) {
            if (holds(scene, cluster, node) != replicasByNode(cluster).containsKey(node)) {
                return node + " has not got its share, or not given it away: " + replicasByNode(cluster);
            }
        }
        if (cluster.operations().stream().anyMatch(Growth::isMove)) {
            return cluster.operations().toString();
        }
        if (!scene.client().describeRebalancing().moves().isEmpty()) {
            return scene.client().describeRebalancing().moves().toString();
        }
        return cluster.shards().stream()
                .filter(shard -> !shard.ready())
                .map(ClusterInfo.Shard::toString)
                .findFirst()
                .orElse(null);
    }

    private static boolean isMove(ClusterInfo.Operation operation) {
        return switch (operation.kind()) {
            case DRAIN, MOVE_PARTITION, MOVE_SHARD -> true;
            default -> false;
        };
    }

    /** Whether a node runs and takes replicas, or will as soon as it has registered. */
    private static boolean holds(Scene scene, ClusterInfo cluster, String name) {
        return scene.process(name).isRunning()
                && cluster.nodes().stream()
                        .noneMatch(node -> node.name().equals(name) && node.state() == ClusterInfo.NodeState.DRAINING);
    }

    private static Map<String, Long> replicasByNode(ClusterInfo cluster) {
        Map<String, Long> replicas = new TreeMap<>();
        cluster.partitions()
                .forEach(partition -> partition.nodes().forEach(node -> replicas.merge(node, 1L, Long::sum)));
        return replicas;
    }

    /** What replicas weigh when they are placed, of partitions and of shards: their records, all of one size, and what is there without any. */
    private static Map<String, Long> weightByNode(ClusterInfo cluster) {
        Map<String, Long> weights = new TreeMap<>();
        cluster.partitions()
                .forEach(partition -> partition
                        .nodes()
                        .forEach(node -> weights.merge(node, weight(partition.recordCount()), Long::sum)));
        cluster.shards().forEach(shard -> weights.merge(shard.node(), weight(shard.recordCount()), Long::sum));
        return weights;
    }

    private static long weight(long records) {
        return records * RECORD_BYTES + REPLICA_BYTES;
    }

    private static double mostOverMean(Map<String, Long> byNode) {
        LongSummaryStatistics all =
                byNode.values().stream().mapToLong(Long::longValue).summaryStatistics();
        return all.getMax() / all.getAverage();
    }

    private static void say(String line) {
        System.out.println("growth: " + line);
    }
}
