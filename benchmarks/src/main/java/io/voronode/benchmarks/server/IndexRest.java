package io.voronode.benchmarks.server;

import io.voronode.client.CollectionInfo;
import io.voronode.client.VoronodeClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what a server does by itself. */
final class IndexRest {
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final int PAUSE_MS = 20;

    private IndexRest() {}

    /** Until there is one generation, and a trained one, all its shards have caught up, and as many records are in them as there are. */
    static void await(VoronodeClient client, String collection, int records) throws IOException, InterruptedException {
        await("an index at rest", () -> rests(client, collection, records));
    }

    private static boolean rests(VoronodeClient client, String name, int records) {
        CollectionInfo collection = client.getCollection(name);
        long indexed = client.describeCluster().shards().stream()
                .filter(shard -> shard.generation() == collection.servingGeneration() && shard.ready())
                .filter(shard -> shard.lagEntries() == 0)
                .mapToLong(shard -> shard.recordCount())
                .sum();
        return collection.generations().size() == 1 && collection.servingGeneration() > 0 && indexed >= records;
    }

    /** Until the condition holds. */
    static void await(String what, BooleanSupplier condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IOException(what + " was not reached within " + LIMIT);
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        }
    }
}
