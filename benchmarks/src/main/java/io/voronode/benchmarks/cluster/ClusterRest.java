package io.voronode.benchmarks.cluster;

import io.voronode.client.ClusterInfo;
import io.voronode.client.CollectionInfo;
import io.voronode.client.RebalanceMode;
import io.voronode.client.VoronodeClient;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Waits until a cluster does nothing by itself any more. */
final class ClusterRest {
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final int PAUSE_MS = 200;
    /** Moves begin only when a cluster has been calm for a while: so long nothing may be under way. */
    private static final Duration CALM = Duration.ofSeconds(15);

    private ClusterRest() {}

    /** Until all nodes answer, every replica is there and has caught up, nothing moves and nothing is about to. */
    static void await(VoronodeClient client, String collection, int nodes) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        long since = System.nanoTime();
        String why = "it has just begun";
        while (System.nanoTime() - since < CALM.toNanos()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("the cluster did not come to rest within " + LIMIT + ": " + why);
            }
            String now = unrest(client, collection, nodes);
            if (!now.isEmpty()) {
                why = now;
                since = System.nanoTime();
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        }
    }

    /** What is not at rest; empty: nothing. */
    private static String unrest(VoronodeClient client, String name, int nodes) {
        try {
            ClusterInfo cluster = client.describeCluster();
            CollectionInfo collection = client.getCollection(name);
            if (cluster.nodes().stream().filter(ClusterInfo.Node::reachable).count() < nodes) {
                return "nodes " + cluster.nodes();
            }
            if (!cluster.operations().isEmpty()) {
                return "operations " + cluster.operations();
            }
            if (collection.servingGeneration() == 0 || collection.generations().size() != 1) {
                return "generations " + collection.generations();
            }
            List<ClusterInfo.Shard> behind = cluster.shards().stream()
                    .filter(shard -> !shard.ready() || shard.lagEntries() > 0)
                    .toList();
            if (!behind.isEmpty()) {
                return "shards " + behind;
            }
            return client.describeRebalancing().mode() == RebalanceMode.RUNNING
                            && client.describeRebalancing().moves().isEmpty()
                    ? ""
                    : "moves are to come";
        } catch (VoronodeException e) {
            return e.toString();
        }
    }
}
