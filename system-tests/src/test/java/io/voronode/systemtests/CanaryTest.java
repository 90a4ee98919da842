package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.CollectionConfig;
import io.voronode.client.Metric;
import io.voronode.client.Query;
import io.voronode.client.SearchOptions;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recall that searches of a cluster had appears among the metrics of the coordinator that answered them. */
@Tag("slow")
final class CanaryTest {
    private static final String COLLECTION = "watched";
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final int RECORDS = 3_000;
    private static final int DIMENSION = 32;
    private static final int K = 10;
    private static final SearchOptions EXACT =
            SearchOptions.builder(K).nprobe(SearchOptions.ALL_CELLS).build();

    private final long seed = Seeds.next("CanaryTest");
    private final Random random = new Random(seed);

    /** Rows lie about a few points, queries anywhere: the cell that is nearest to one holds few of its neighbours. */
    @Test
    void theRecallOfSearchesUnlikeTheRowsIsAMeter(@TempDir Path temp) throws InterruptedException {
        try (TestCluster cluster = TestCluster.start(temp, 1, 1, 1, List.of(), List.of("--canary-share", "1"))) {
            cluster.awaitServing();
            try (VoronodeClient client = cluster.client().build()) {
                fill(client);
                // Warm, a shadow and so the pause after it are short.
                search(client, EXACT, 200);
                String http = cluster.httpAddress("coordinator-1");
                searchUntil(
                        client,
                        SearchOptions.top(K),
                        http,
                        metrics -> metrics.sum("voronode_canary_searches_total") >= 1
                                && !Double.isNaN(metrics.sum("voronode_canary_recall_excess")));
                searchUntil(
                        client,
                        SearchOptions.builder(K).nprobe(1).build(),
                        http,
                        metrics -> metrics.sum("voronode_canary_searches_total") >= 3
                                && metrics.sum("voronode_canary_recall") < 0.9);
            }
        }
    }

    private void fill(VoronodeClient client) throws InterruptedException {
        client.createCollection(CollectionConfig.builder(COLLECTION)
                .dimension(DIMENSION)
                .metric(Metric.EUCLIDEAN)
                .trainAt(1_000)
                .build());
        List<float[]> points = IntStream.range(0, 50)
                .mapToObj(i -> Seeds.vector(random, DIMENSION))
                .toList();
        List<VectorRecord> records = IntStream.range(0, RECORDS)
                .mapToObj(i -> VectorRecord.builder("row-" + i)
                        .vector(near(points.get(i % points.size())))
                        .build())
                .toList();
        assertThat(client.upsert(COLLECTION, records, Wait.INDEXED).ok()).isTrue();
        Eventually.await("a trained generation", TIMEOUT, () -> {
            int serving = client.getCollection(COLLECTION).servingGeneration();
            return serving > 0 ? null : "generation " + serving + " serves";
        });
    }

    private float[] near(float[] point) {
        float[] vector = point.clone();
        for (int i = 0; i < vector.length; i++) {
            vector[i] += (float) (0.2 * random.nextGaussian());
        }
        return vector;
    }

    /** Each look searches a little more: after a shadow the canary pauses a hundred times as long as that took. */
    private void searchUntil(VoronodeClient client, SearchOptions options, String http, Predicate<Metrics> condition)
            throws InterruptedException {
        Eventually.await("the metrics of the canary", TIMEOUT, () -> {
            search(client, options, 5);
            Metrics metrics = Metrics.of(http);
            return condition.test(metrics)
                    ? null
                    : metrics.lines().stream()
                            .filter(line -> line.startsWith("voronode_canary"))
                            .toList()
                            .toString();
        });
    }

    private void search(VoronodeClient client, SearchOptions options, int count) {
        for (int i = 0; i < count; i++) {
            client.search(COLLECTION, Query.of(Seeds.vector(random, DIMENSION)), options);
        }
    }
}
