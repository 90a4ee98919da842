package io.voronode.benchmarks.command;

import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.data.Dataset;
import io.voronode.benchmarks.data.Datasets;
import io.voronode.benchmarks.data.Workload;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What data a command measures on: the same options for every command. */
final class WorkloadOptions {

    private static final int QUICK_ROWS = 10_000;
    private static final int QUICK_QUERIES = 100;

    /** Of the rows of a quick run: the same part whatever the queries are. */
    private static final long PART_SEED = 1;

    @Option(
            names = "--dataset",
            paramLabel = "NAME|FILE",
            description = "glove, wordnet, synthetic, synthetic-1m, or a .fvecs, .npy or .hdf5 file; may be repeated."
                    + " Without it, the first three.")
    private List<String> names = Datasets.DEFAULTS;

    @Option(names = "--metric", description = "Of a file: ${COMPLETION-CANDIDATES}. What the file says, else COSINE.")
    private @Nullable Metric metric;

    @Option(
            names = "--seed",
            description = "Draws the queries, which are taken out of the data: ${DEFAULT-VALUE} unless given.")
    private long seed = 1;

    @Option(names = "--queries", description = "How many: ${DEFAULT-VALUE} unless given.")
    private int queries = 1_000;

    @Option(names = "--k", description = "Hits wanted: ${DEFAULT-VALUE} unless given.")
    private int k = 10;

    @Option(
            names = "--quick",
            description = "10 000 rows of the data, 100 queries, few settings: a minute, and figures that say little.")
    private boolean quick;

    List<String> names() {
        return names;
    }

    /** Loads the data set, or makes it, and holds the queries out. */
    Workload load(String name, Cache cache) throws IOException {
        Dataset data = Datasets.load(name, metric, cache);
        return quick
                ? data.sample(QUICK_ROWS, PART_SEED).holdOut(Math.min(queries, QUICK_QUERIES), seed)
                : data.holdOut(queries, seed);
    }

    int k() {
        return k;
    }

    boolean isQuick() {
        return quick;
    }
}
