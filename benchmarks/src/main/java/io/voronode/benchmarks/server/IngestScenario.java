package io.voronode.benchmarks.server;

import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.data.Datasets;
import java.io.IOException;
import java.util.Locale;

/** The loads that are measured. */
public enum IngestScenario {
    /** The words of GloVe, 100 dimensions, into one node. */
    GLOVE("glove", 341_000, 0, 1, false),
    /** 768 dimensions with a KiB of payload, into one node. */
    PAYLOAD("synthetic", 100_000, 1 << 10, 1, false),
    /** 768 dimensions into three nodes on one disk, each record kept three times. */
    THREE("synthetic", 60_000, 0, 3, false),
    /** A million records of 100 dimensions in one node, killed and started again. */
    MILLION("glove", 1_000_000, 0, 1, true);

    private final String dataset;
    private final int records;
    private final int payloadBytes;
    private final int nodes;
    private final boolean restarted;

    IngestScenario(String dataset, int records, int payloadBytes, int nodes, boolean restarted) {
        this.dataset = dataset;
        this.records = records;
        this.payloadBytes = payloadBytes;
        this.nodes = nodes;
        this.restarted = restarted;
    }

    /** Its load, or the first records of it. */
    IngestLoad load(Cache cache, int atMost) throws IOException {
        return new IngestLoad(Datasets.load(dataset, null, cache).vectors(), Math.min(records, atMost), payloadBytes);
    }

    int nodes() {
        return nodes;
    }

    boolean restarted() {
        return restarted;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
