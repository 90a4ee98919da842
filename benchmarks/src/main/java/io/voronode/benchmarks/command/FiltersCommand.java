package io.voronode.benchmarks.command;

import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.data.Dataset;
import io.voronode.benchmarks.data.Datasets;
import io.voronode.benchmarks.data.RowNumbers;
import io.voronode.benchmarks.data.Workload;
import io.voronode.benchmarks.index.CalibratedVoronode;
import io.voronode.benchmarks.index.FilteredIndex;
import io.voronode.benchmarks.index.TrainedCells;
import io.voronode.benchmarks.measure.FilterSweep;
import io.voronode.benchmarks.measure.Measured;
import io.voronode.benchmarks.report.FilterTable;
import io.voronode.benchmarks.report.JsonLines;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What filters do to recall and speed. */
@Command(
        name = "filters",
        mixinStandardHelpOptions = true,
        description =
                "Measures searches under filters that accept 0.1, 1, 10, 50 and 90 % of the rows, by chance and near a row.")
final class FiltersCommand implements Callable<Integer> {

    private static final int QUICK_ROWS = 20_000;
    private static final int QUICK_QUERIES = 200;

    /** Of the rows of a quick run, and of the numbers that are filtered by. */
    private static final long DATA_SEED = 1;

    @Spec
    private CommandSpec spec;

    @Option(names = "--dataset", description = "As of bench.sh.")
    private List<String> datasets = Datasets.DEFAULTS;

    @Option(names = "--metric", description = "Of a file: ${COMPLETION-CANDIDATES}.")
    private @Nullable Metric metric;

    @Option(names = "--nprobe", split = ",", description = "Cells to scan without a filter. 16, 32, 64 if absent.")
    private List<Integer> nprobe = List.of(16, 32, 64);

    @Option(
            names = "--seed",
            description = "Draws the queries, which are taken out of the data. ${DEFAULT-VALUE} if absent.")
    private long seed = 1;

    @Option(names = "--queries", description = "How many. ${DEFAULT-VALUE} if absent.")
    private int queries = 500;

    @Option(names = "--k", description = "Hits wanted. ${DEFAULT-VALUE} if absent.")
    private int k = 10;

    @Option(names = "--rounds", description = "The median counts. ${DEFAULT-VALUE} if absent.")
    private int rounds = 3;

    @Option(names = "--quick", description = "A part of the data, fewer queries: a minute, not a result.")
    private boolean quick;

    @Option(names = "--json", description = "Also writes every measurement to this file, a JSON object a line.")
    private @Nullable Path json;

    private final Cache cache;

    FiltersCommand(Cache cache) {
        this.cache = cache;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<Measured> results = new ArrayList<>();
        for (String name : datasets) {
            List<Measured> measured = measure(Datasets.load(name, metric, cache));
            FilterTable.lines(measured).forEach(out::println);
            out.flush();
            results.addAll(measured);
        }
        if (json != null) {
            JsonLines.write(json, results);
        }
        return 0;
    }

    private static TrainedCells cells(Dataset base) {
        return TrainedCells.train(
                CalibratedVoronode.trainingRows(base), TrainedCells.fitting(base), IndexKind.IVF_RABITQ);
    }

    private List<Measured> measure(Dataset data) throws IOException {
        Workload workload = quick
                ? data.sample(QUICK_ROWS, DATA_SEED).holdOut(Math.min(queries, QUICK_QUERIES), seed)
                : data.holdOut(queries, seed);
        List<RowNumbers> numbers =
                List.of(RowNumbers.random(workload.base(), DATA_SEED), RowNumbers.near(workload.base(), DATA_SEED));
        try (FilteredIndex index = FilteredIndex.build(workload.base(), cells(workload.base()), numbers, cache)) {
            return new FilterSweep(workload, cache, k, rounds, nprobe).measure(index, numbers);
        }
    }
}
