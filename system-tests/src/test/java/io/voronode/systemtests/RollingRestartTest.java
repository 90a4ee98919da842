package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.CollectionConfig;
import io.voronode.client.Metric;
import io.voronode.client.VoronodeClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every node of a cluster under load is told to end (SIGTERM) and started again, one after the other. Prints how long writes paused. */
@Tag("slow")
final class RollingRestartTest {
    private static final String COLLECTION = "articles";
    private static final int DIMENSION = 16;
    private static final int AT_LEAST = 500;
    private static final int NEVER_REACHED = 1_000_000;
    /** The limit is ten seconds, of which an idle machine uses half; this one may be busy. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final Articles articles = new Articles(COLLECTION, Seeds.next("RollingRestartTest"), DIMENSION);
    private final List<Integer> acknowledged = new ArrayList<>();
    private int next;

    @Test
    void noWriteFailsAndNothingIsLost() throws InterruptedException {
        try (TestCluster cluster = TestCluster.start(folder, 3, 1, 1);
                VoronodeClient client = client(cluster)) {
            cluster.awaitServing();
            client.createCollection(CollectionConfig.builder(COLLECTION)
                    .dimension(DIMENSION)
                    .metric(Metric.EUCLIDEAN)
                    .build());
            cluster.awaitServing();
            for (String node : cluster.nodes()) {
                stop(cluster, node);
                startAgain(cluster, node);
            }
            assertThat(articles.countLost(client, acknowledged)).isZero();
        }
    }

    private static VoronodeClient client(TestCluster cluster) {
        return cluster.client()
                .deadline(Duration.ofSeconds(30))
                .retryFor(Duration.ofSeconds(30))
                .build();
    }

    private void stop(TestCluster cluster, String node) throws InterruptedException {
        try (Loading loading = Loading.start(articles, next, NEVER_REACHED, () -> client(cluster))) {
            loading.awaitAcknowledged(AT_LEAST);
            long start = System.nanoTime();
            cluster.stop(node);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            take(loading);
            say(node + " ended after " + took.toMillis() + " ms; longest pause of writes "
                    + loading.longestSilence().toMillis() + " ms");
            assertThat(took).isLessThan(STOP_LIMIT);
        }
    }

    private void startAgain(TestCluster cluster, String node) throws InterruptedException {
        try (Loading loading = Loading.start(articles, next, NEVER_REACHED, () -> client(cluster))) {
            cluster.restart(node);
            Duration took = cluster.awaitServing();
            take(loading);
            say(node + " serves again after " + took.toMillis() + " ms; longest pause of writes "
                    + loading.longestSilence().toMillis() + " ms");
        }
    }

    private void take(Loading loading) throws InterruptedException {
        List<Integer> written = loading.finishNow();
        acknowledged.addAll(written);
        next = 1 + written.stream().mapToInt(Integer::intValue).max().orElse(next);
    }

    private static void say(String what) {
        System.out.println("RollingRestartTest: " + what);
    }
}
