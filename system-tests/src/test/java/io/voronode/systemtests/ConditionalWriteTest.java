package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.CollectionConfig;
import io.voronode.client.Metric;
import io.voronode.client.RecordStatus;
import io.voronode.client.StoredRecord;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.client.WriteCondition;
import io.voronode.client.WriteResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Read, change and write by version, by many clients through two coordinators. */
@Tag("slow")
final class ConditionalWriteTest {
    private static final String COLLECTION = "counters";
    private static final int THREADS = 8;
    private static final int INCREMENTS = 60;
    private static final List<String> KEYS = List.of("one", "two", "three");

    @TempDir
    Path temp;

    @Test
    void countersOfEightWritersThroughTwoCoordinatorsLoseNoIncrement() throws Exception {
        try (TestCluster cluster = TestCluster.start(temp, 1, 2, 1)) {
            cluster.awaitServing();
            try (VoronodeClient client = cluster.clientOf("coordinator-1").build()) {
                client.createCollection(CollectionConfig.builder(COLLECTION)
                        .dimension(1)
                        .metric(Metric.EUCLIDEAN)
                        .build());
            }

            int conflicts = increment(cluster);

            try (VoronodeClient client = cluster.clientOf("coordinator-2").build()) {
                int sum = KEYS.stream()
                        .mapToInt(key -> count(client.get(COLLECTION, key).orElseThrow()))
                        .sum();
                assertThat(sum).isEqualTo(THREADS * INCREMENTS);
            }
            assertThat(conflicts).as("writers met each other").isPositive();
        }
    }

    /** All threads increment counters at random; returns how often a condition was not met. */
    private static int increment(TestCluster cluster) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                VoronodeClient.Builder coordinator = cluster.clientOf("coordinator-" + (1 + thread % 2));
                int start = thread;
                writers.add(threads.submit(() -> {
                    try (VoronodeClient client = coordinator.build()) {
                        return IntStream.range(start, start + INCREMENTS)
                                .map(i -> increment(client, KEYS.get(i % KEYS.size())))
                                .sum();
                    }
                }));
            }
            int conflicts = 0;
            for (Future<Integer> writer : writers) {
                conflicts += writer.get();
            }
            return conflicts;
        } finally {
            threads.shutdownNow();
            assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    private static int increment(VoronodeClient client, String key) {
        for (int conflicts = 0; ; conflicts++) {
            StoredRecord before = client.get(COLLECTION, key).orElse(null);
            WriteCondition condition =
                    before == null ? WriteCondition.absent() : WriteCondition.version(before.version());
            int next = before == null ? 1 : count(before) + 1;
            VectorRecord after = VectorRecord.builder(key)
                    .vector(next)
                    .payload("{\"count\":" + next + "}")
                    .condition(condition)
                    .build();
            WriteResult result = client.upsert(COLLECTION, List.of(after), Wait.DURABLE)
                    .results()
                    .get(0);
            if (result.ok()) {
                return conflicts;
            }
            assertThat(result.status()).as(result.message()).isEqualTo(RecordStatus.CONDITION_FAILED);
        }
    }

    private static int count(StoredRecord record) {
        return Integer.parseInt(record.payload().replaceAll("\\D", ""));
    }
}
