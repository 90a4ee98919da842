package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.client.CollectionConfig;
import io.voronode.client.Consistency;
import io.voronode.client.Metric;
import io.voronode.client.Query;
import io.voronode.client.ReadOptions;
import io.voronode.client.SearchOptions;
import io.voronode.client.StoredRecord;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.client.WriteResult;
import io.voronode.wire.VoronodeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 under load: what was acknowledged is there, once, after every restart. */
@Tag("slow")
final class KillTest {
    private static final String COLLECTION = "killed";
    private static final int ROUNDS = 10;
    private static final int WRITERS = 3;
    private static final int DIMENSION = 32;
    private static final int KEYS_PER_WRITER = 4_000;
    private static final int MAX_BATCH = 50;

    @TempDir
    Path temp;

    /** Per key the count that its newest acknowledged write carried, and the highest that was ever sent. */
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();

    private final Map<String, Long> sent = new ConcurrentHashMap<>();
    private final AtomicLong counter = new AtomicLong();

    @Test
    void nothingAcknowledgedIsLostOrDoubledByTenKills() throws InterruptedException {
        Random random = new Random(Seeds.next("KillTest"));
        try (DevProcess server = DevProcess.start(temp.resolve("data"))) {
            try (VoronodeClient client = client(server)) {
                client.createCollection(CollectionConfig.builder(COLLECTION)
                        .dimension(DIMENSION)
                        .metric(Metric.EUCLIDEAN)
                        .trainAt(1_500)
                        .build());
            }
            for (int round = 1; round <= ROUNDS; round++) {
                int before = acknowledged.size();
                loadUntilKilled(server, 300 + random.nextInt(1_500), random.nextLong());
                assertThat(counter.get()).as("writes of round %d", round).isPositive();
                server.restart();
                check(server, round);
                System.out.printf(
                        Locale.ROOT,
                        "KillTest round %d: %d keys acknowledged, %d new%n",
                        round,
                        acknowledged.size(),
                        acknowledged.size() - before);
            }
            assertThat(acknowledged).hasSizeGreaterThan(1_500);
        }
    }

    private void loadUntilKilled(DevProcess server, int killAfterMs, long seed) throws InterruptedException {
        AtomicBoolean killed = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int number = writer;
                writers.add(threads.submit(() -> write(server, number, killed, new Random(seed + number))));
            }
            TimeUnit.MILLISECONDS.sleep(killAfterMs);
            killed.set(true);
            server.kill();
            for (Future<?> writer : writers) {
                writer.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("a writer failed", e.getCause());
        }
    }

    private void write(DevProcess server, int writer, AtomicBoolean killed, Random random) {
        try (VoronodeClient client = client(server)) {
            while (!killed.get()) {
                Map<String, Long> counts = new HashMap<>();
                List<VectorRecord> batch = batch(writer, random, counts);
                for (WriteResult result :
                        client.upsert(COLLECTION, batch, Wait.DURABLE).results()) {
                    Long count = counts.get(result.key());
                    if (result.ok() && count != null) {
                        acknowledged.put(result.key(), count);
                    }
                }
            }
        } catch (VoronodeException e) {
            assertThat(killed).as("a write failed before the kill: %s", e).isTrue();
        }
    }

    private List<VectorRecord> batch(int writer, Random random, Map<String, Long> counts) {
        int size = 1 + random.nextInt(MAX_BATCH);
        while (counts.size() < size) {
            counts.putIfAbsent(writer + "-" + random.nextInt(KEYS_PER_WRITER), counter.incrementAndGet());
        }
        List<VectorRecord> batch = new ArrayList<>();
        counts.forEach((key, count) -> {
            sent.put(key, count);
            float[] vector = Seeds.vector(random, DIMENSION);
            vector[0] = count;
            batch.add(VectorRecord.builder(key)
                    .vector(vector)
                    .payload("{\"count\":" + count + "}")
                    .build());
        });
        return batch;
    }

    private void check(DevProcess server, int round) {
        try (VoronodeClient client = client(server)) {
            Set<String> seen = new HashSet<>();
            client.scroll(COLLECTION, ReadOptions.WHOLE.with(Consistency.STRONG))
                    .forEach(stored -> {
                        assertThat(seen.add(stored.key()))
                                .as("%s scrolled once", stored.key())
                                .isTrue();
                        checkRecord(stored, round);
                    });
            assertThat(seen).as("acknowledged keys after round %d", round).containsAll(acknowledged.keySet());
            assertThat(client.count(COLLECTION, Consistency.STRONG)).isEqualTo(seen.size());
            checkSearch(client, seen.size());
        }
    }

    /** A write that was sent but not acknowledged may have been applied; an acknowledged one must have been. */
    private void checkRecord(StoredRecord stored, int round) {
        long count = countOf(stored);
        long least = acknowledged.getOrDefault(stored.key(), 0L);
        long most = sent.getOrDefault(stored.key(), 0L);
        assertThat(count).as("count of %s after round %d", stored.key(), round).isBetween(least, most);
        acknowledged.put(stored.key(), count);
    }

    private static long countOf(StoredRecord stored) {
        float[] vector = stored.vector();
        assertThat(vector).isNotNull();
        long count = (long) vector[0];
        assertThat(stored.payload()).isEqualTo("{\"count\":" + count + "}");
        return count;
    }

    private static void checkSearch(VoronodeClient client, int live) {
        int k = Math.min(live, 10_000);
        Set<String> found = new HashSet<>();
        client.search(
                        COLLECTION,
                        Query.of(new float[DIMENSION]),
                        SearchOptions.builder(k)
                                .nprobe(SearchOptions.ALL_CELLS)
                                .consistency(Consistency.STRONG)
                                .build())
                .hits()
                .forEach(hit -> assertThat(found.add(hit.key()))
                        .as("%s found once", hit.key())
                        .isTrue());
        assertThat(found).hasSize(k);
    }

    private static VoronodeClient client(DevProcess server) {
        return VoronodeClient.builder()
                .address(server.address())
                .deadline(Duration.ofSeconds(20))
                .retryFor(Duration.ZERO)
                .build();
    }
}
