package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.CollectionConfig;
import io.voronode.client.Metric;
import io.voronode.client.RecordStatus;
import io.voronode.client.RecoveryReport;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.wire.VoronodeException.Conflict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole tree is deleted from ZooKeeper under a cluster with a trained collection: requests are served on, nothing is dropped, and {@code
 * recover} makes it anew. Then once more, with all processes started again before it is recovered.
 */
@Tag("slow")
final class LostTreeTest {
    private static final String TREE = "/voronode/voronode";
    private static final String COLLECTION = "articles";
    private static final int DIMENSION = 16;
    private static final int RECORDS = 600;
    private static final int BATCH = 300;
    private static final int QUERIES = 10;
    private static final int K = 10;
    private static final int DELETIONS_AT_ONCE = 1_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final Articles articles = new Articles(COLLECTION, Seeds.next("LostTreeTest"), DIMENSION);

    @Test
    void aTreeThatWasWipedIsMadeAnewFromWhatNodesHold() throws Exception {
        try (TestCluster cluster = TestCluster.start(folder, 3, 1, 1);
                VoronodeClient client = cluster.client()
                        .deadline(Duration.ofSeconds(20))
                        .retryFor(Duration.ofSeconds(20))
                        .build()) {
            cluster.awaitServing();
            String uuid = client.describeCluster().uuid();
            fill(client);

            wipe(cluster);
            write(client, RECORDS, 2 * RECORDS);
            check(client, 2 * RECORDS);
            RecoveryReport planned = client.recoverCluster(true);
            assertThat(planned.applied()).isFalse();
            RecoveryReport done = client.recoverCluster(false);
            say(done.changes().size() + " znodes, " + done.notes());
            assertThat(done.applied()).isTrue();
            assertThat(done.clusterUuid()).isEqualTo(uuid);
            cluster.awaitServing();
            check(client, 2 * RECORDS);
            makeAnother(client, "made-after-the-first");

            wipe(cluster);
            restart(cluster);
            Eventually.await("a recovered tree", TIMEOUT, () -> obstacle(client, uuid));
            cluster.awaitServing();
            check(client, 2 * RECORDS);
            makeAnother(client, "made-after-the-second");
            assertThat(client.listCollections())
                    .extracting(info -> info.config().name())
                    .containsExactly(COLLECTION, "made-after-the-first", "made-after-the-second");
        }
    }

    /** Nodes come back one after the other; before a majority is there, it is refused. */
    private static @Nullable String obstacle(VoronodeClient client, String uuid) {
        try {
            RecoveryReport report = client.recoverCluster(false);
            return report.clusterUuid().equals(uuid) ? null : report.toString();
        } catch (Conflict e) {
            return e.getMessage();
        }
    }

    private void fill(VoronodeClient client) throws InterruptedException {
        client.createCollection(CollectionConfig.builder(COLLECTION)
                .dimension(DIMENSION)
                .metric(Metric.EUCLIDEAN)
                .trainAt(RECORDS / 2)
                .shards(2)
                .build());
        write(client, 0, RECORDS);
        Eventually.await("a trained generation", TIMEOUT, () -> {
            var info = client.getCollection(COLLECTION);
            return info.servingGeneration() > 0 && info.generations().size() == 1 ? null : info.toString();
        });
    }

    private void write(VoronodeClient client, int from, int to) {
        for (int number = from; number < to; number += BATCH) {
            List<VectorRecord> batch = IntStream.range(number, Math.min(to, number + BATCH))
                    .mapToObj(articles::record)
                    .toList();
            assertThat(client.upsert(COLLECTION, batch, Wait.INDEXED).results())
                    .allMatch(result -> result.status() == RecordStatus.OK);
        }
    }

    private void check(VoronodeClient client, int records) throws InterruptedException {
        List<Integer> numbers = IntStream.range(0, records).boxed().toList();
        assertThat(articles.countLost(client, numbers)).as("lost records").isZero();
        assertThat(client.count(COLLECTION)).isEqualTo(records);
        articles.checkExactSearches(client, records, QUERIES, K);
    }

    private static void makeAnother(VoronodeClient client, String name) {
        client.createCollection(CollectionConfig.builder(name)
                .dimension(DIMENSION)
                .metric(Metric.EUCLIDEAN)
                .build());
    }

    /**
     * As {@code deleteall} of ZooKeeper's shell does it: all at once, whatever comes back meanwhile. One deletion after the other would run a race
     * with live processes, which make their znodes again.
     */
    private static void wipe(TestCluster cluster) throws Exception {
        ZooKeeper zookeeper = new ZooKeeper(cluster.zookeeper(), 5_000, event -> {});
        try {
            while (zookeeper.exists(TREE + "/format", false) != null
                    || zookeeper.exists(TREE + "/collections", false) != null
                    || zookeeper.exists(TREE + "/nodes/registered", false) != null) {
                try {
                    ZKUtil.deleteRecursive(zookeeper, TREE, DELETIONS_AT_ONCE);
                } catch (KeeperException.NoNodeException e) {
                    say("deleting again: " + e.getMessage());
                }
            }
        } finally {
            zookeeper.close();
        }
    }

    private static void restart(TestCluster cluster) throws InterruptedException {
        List<String> servers = new ArrayList<>(cluster.nodes());
        servers.add("coordinator-1");
        for (String server : servers) {
            cluster.kill(server);
        }
        servers.forEach(cluster::restart);
    }

    private static void say(String line) {
        System.out.println("LostTreeTest: " + line);
    }
}
