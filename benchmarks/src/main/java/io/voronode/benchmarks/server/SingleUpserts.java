package io.voronode.benchmarks.server;

import io.voronode.client.CollectionConfig;
import io.voronode.client.UpsertListener;
import io.voronode.client.VectorRecord;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.client.WriteReport;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * Records written one by one by one client, each answered when search finds it, into a collection that holds some already.
 *
 * @param p50Ms half of the writes were answered within this time, in milliseconds
 * @param p99Ms 99 of 100 were
 */
record SingleUpserts(double p50Ms, double p99Ms) {
    private static final String COLLECTION = "single";
    private static final int THERE = 20_000;
    private static final int WARM_UP = 1_000;

    static SingleUpserts measure(IngestLoad load, int writes, VoronodeClient client)
            throws IOException, InterruptedException {
        client.createCollection(
                CollectionConfig.builder(COLLECTION).dimension(load.dimension()).build());
        Iterator<VectorRecord> records = load.records("s");
        client.upsertAll(COLLECTION, firstOf(records, THERE), UpsertListener.NONE);
        IndexRest.await(client, COLLECTION, THERE);
        double[] times = new double[writes];
        for (int i = -WARM_UP; i < writes; i++) {
            long start = System.nanoTime();
            WriteReport report = client.upsert(COLLECTION, List.of(records.next()), Wait.INDEXED);
            if (!report.ok() || !report.indexed()) {
                throw new IOException("a single upsert was answered " + report);
            }
            if (i >= 0) {
                times[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        Arrays.sort(times);
        return new SingleUpserts(times[writes / 2], times[writes * 99 / 100]);
    }

    private static List<VectorRecord> firstOf(Iterator<VectorRecord> records, int count) {
        VectorRecord[] first = new VectorRecord[count];
        Arrays.setAll(first, _ -> records.next());
        return List.of(first);
    }
}
