package io.voronode.benchmarks.server;

import io.voronode.client.CollectionConfig;
import io.voronode.client.CollectionInfo;
import io.voronode.client.Query;
import io.voronode.client.SearchOptions;
import io.voronode.client.UpsertListener;
import io.voronode.client.UpsertSummary;
import io.voronode.client.VoronodeClient;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One load from its first record to an index that rests, one more generation, and a restart where the scenario wants it. The server is
 * the caller's, fresh and without collections; one thread runs it.
 */
final class IngestRun {
    static final String COLLECTION = "ingest";

    private final IngestScenario scenario;
    private final IngestLoad load;
    private final MeasuredServer server;

    IngestRun(IngestScenario scenario, IngestLoad load, MeasuredServer server) {
        this.scenario = scenario;
        this.load = load;
        this.server = server;
    }

    IngestFigures measure() throws IOException, InterruptedException {
        try (VoronodeClient client = server.connect()) {
            client.createCollection(CollectionConfig.builder(COLLECTION)
                    .dimension(load.dimension())
                    .build());
            WrittenBytes before = server.written();
            Duration processorBefore = server.processorTime();
            long start = System.nanoTime();
            write(client);
            double durable = seconds(start);
            IndexRest.await(client, COLLECTION, load.records());
            double searchable = seconds(start);
            Duration processor = server.processorTime().minus(processorBefore);
            CollectionInfo loaded = client.getCollection(COLLECTION);
            WrittenBytes written = server.written().since(before);
            WrittenBytes rewritten = rebuild(client);
            return new IngestFigures(
                    scenario.toString(),
                    load,
                    scenario.nodes(),
                    durable,
                    searchable,
                    processor.toMillis() / 1e3,
                    loaded.servingGeneration(),
                    loaded.serving().orElseThrow().trainedRecords(),
                    written,
                    rewritten,
                    memory(),
                    scenario.restarted() ? OptionalDouble.of(restart(client)) : OptionalDouble.empty());
        }
    }

    private void write(VoronodeClient client) throws IOException {
        UpsertSummary summary = client.upsertAll(COLLECTION, load.records("r"), UpsertListener.NONE);
        if (summary.written() != load.records()) {
            throw new IOException(summary + " of " + load.records() + " records");
        }
    }

    private WrittenBytes rebuild(VoronodeClient client) throws IOException, InterruptedException {
        WrittenBytes before = server.written();
        int generation = retrain(client);
        IndexRest.await(
                "generation " + generation,
                () -> client.getCollection(COLLECTION).servingGeneration() >= generation);
        IndexRest.await(client, COLLECTION, load.records());
        return server.written().since(before);
    }

    /** When the load is over the server may find that its cells could be better, and begins by itself: then another one is made after that. */
    private static int retrain(VoronodeClient client) throws IOException, InterruptedException {
        AtomicInteger generation = new AtomicInteger();
        IndexRest.await("the beginning of a training", () -> {
            try {
                generation.set(client.retrainCollection(COLLECTION));
                return true;
            } catch (VoronodeException.Conflict _) {
                return false;
            }
        });
        return generation.get();
    }

    private IngestFigures.Memory memory() throws IOException, InterruptedException {
        long heap = server.heapBytes();
        return new IngestFigures.Memory(heap, Math.max(0, server.anonymousBytes() - heap), server.mappedBytes());
    }

    private double restart(VoronodeClient client) throws IOException, InterruptedException {
        long start = System.nanoTime();
        server.killAndRestart();
        Query query = Query.of(load.vectors()[0]);
        IndexRest.await("a search after the restart", () -> answers(client, query));
        return seconds(start);
    }

    private static boolean answers(VoronodeClient client, Query query) {
        try {
            return client.search(COLLECTION, query, SearchOptions.top(10))
                            .coverage()
                            .share()
                    == 1;
        } catch (RuntimeException _) {
            return false; // Not all of it is open yet.
        }
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
