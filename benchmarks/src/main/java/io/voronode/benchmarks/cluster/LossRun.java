package io.voronode.benchmarks.cluster;

import io.voronode.benchmarks.cluster.LossFigures.Death;
import io.voronode.client.Query;
import io.voronode.client.SearchOptions;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.stream.IntStream;

/** Kills one process after the other under searches and writes, and starts each again. The caller's thread kills and writes; others search. */
final class LossRun {
    private static final int SEARCHERS = 2;
    /** Between searches: what is measured is not how a machine behaves that has no processor left. */
    private static final int PAUSE_MS = 20;

    private static final int NODE_DEATHS = 6;
    private static final int COORDINATOR_DEATHS = 4;
    /** So many that every partition has some of them. */
    private static final int BATCH = 256;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final SearchOptions OPTIONS = SearchOptions.top(10);

    private final MeasuredCluster cluster;
    private final String collection;
    private final float[][] vectors;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicLong searches = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final LongAccumulator slowestNanos = new LongAccumulator(Math::max, 0);

    LossRun(MeasuredCluster cluster, String collection, float[][] vectors) {
        this.cluster = cluster;
        this.collection = collection;
        this.vectors = vectors;
    }

    LossFigures measure() throws IOException, InterruptedException {
        List<Thread> searchers = IntStream.range(0, SEARCHERS)
                .mapToObj(number -> Thread.ofPlatform().daemon().start(() -> search(number)))
                .toList();
        List<Death> deaths = new ArrayList<>();
        List<Death> coordinatorDeaths = new ArrayList<>();
        try {
            for (int i = 0; i < NODE_DEATHS; i++) {
                deaths.add(kill(cluster.nodes().get(i % cluster.nodes().size())));
            }
            for (int i = 0; i < COORDINATOR_DEATHS; i++) {
                coordinatorDeaths.add(kill(
                        cluster.coordinators().get(i % cluster.coordinators().size())));
            }
        } finally {
            ended.set(true);
            for (Thread searcher : searchers) {
                searcher.join();
            }
        }
        return new LossFigures(
                deaths, coordinatorDeaths, searches.get(), failed.get(), slowestNanos.doubleValue() / 1e6);
    }

    private void search(int number) {
        try (VoronodeClient client = cluster.connect()) {
            for (int i = number; !ended.get(); i++) {
                long start = System.nanoTime();
                try {
                    Query query = Query.of(vectors[i % vectors.length]);
                    if (client.search(collection, query, OPTIONS).coverage().share() < 1) {
                        failed.incrementAndGet();
                    }
                } catch (VoronodeException _) {
                    failed.incrementAndGet();
                }
                searches.incrementAndGet();
                slowestNanos.accumulate(System.nanoTime() - start);
                pause();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Kills a process when all is well and starts it again when writes have come back; coordinators die under clients that use them. */
    private Death kill(String victim) throws IOException, InterruptedException {
        boolean coordinates = cluster.coordinators().contains(victim);
        String first = coordinates ? victim : cluster.coordinators().getFirst();
        try (VoronodeClient client =
                cluster.client(first).retryFor(PATIENCE).deadline(PATIENCE).build()) {
            ClusterRest.await(client, collection, cluster.nodes().size());
            write(client);
            client.search(collection, Query.of(vectors[0]), OPTIONS);
            cluster.process(victim).kill();
            long start = System.nanoTime();
            client.search(collection, Query.of(vectors[0]), OPTIONS);
            double searches = (System.nanoTime() - start) / 1e9;
            write(client);
            double writes = (System.nanoTime() - start) / 1e9;
            cluster.process(victim).restart();
            return new Death(victim, searches, writes);
        }
    }

    /** Overwrites the same records: what they are does not matter here. */
    private void write(VoronodeClient client) throws IOException {
        List<VectorRecord> records = IntStream.range(0, BATCH)
                .mapToObj(row -> VectorRecord.builder("written-" + row)
                        .vector(vectors[row])
                        .build())
                .toList();
        if (!client.upsert(collection, records, Wait.DURABLE).ok()) {
            throw new IOException("writes were refused for more than " + PATIENCE);
        }
    }
}
