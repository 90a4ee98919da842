package io.voronode.benchmarks.command;

import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.data.Dataset;
import io.voronode.benchmarks.data.Datasets;
import io.voronode.benchmarks.data.GroundTruth;
import io.voronode.benchmarks.data.Workload;
import io.voronode.benchmarks.index.CalibratedVoronode;
import io.voronode.benchmarks.index.TrainedCells;
import io.voronode.benchmarks.index.VoronodeIndex;
import io.voronode.benchmarks.measure.MetTarget;
import io.voronode.benchmarks.measure.TargetSweep;
import io.voronode.benchmarks.report.JsonLines;
import io.voronode.benchmarks.report.TargetTables;
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

/** How searches that say the recall they want meet it, with queries that are not in the data, and what that costs. */
@Command(
        name = "recall",
        mixinStandardHelpOptions = true,
        description = "Measures how wanted recalls are met, and the cost beside the best fixed number of cells.")
final class RecallCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--dataset",
            description =
                    "glove, wordnet, synthetic, synthetic-1m, or a file; may be repeated. All but the largest if absent.")
    private List<String> datasets = Datasets.DEFAULTS;

    @Option(
            names = "--metric",
            description = "Of a file: ${COMPLETION-CANDIDATES}. COSINE unless the file says otherwise.")
    private @Nullable Metric metric;

    @Option(names = "--kind", description = "Of the index: ${COMPLETION-CANDIDATES}. ${DEFAULT-VALUE} if absent.")
    private IndexKind kind = IndexKind.IVF_RABITQ;

    @Option(names = "--cells", description = "Cells of the index. One for 96 rows if absent.")
    private int cells;

    @Option(
            names = "--seeds",
            split = ",",
            description = "Each draws other queries, which are taken out of the data. 1, 2 and 3 if absent.")
    private List<Long> seeds = List.of(1L, 2L, 3L);

    @Option(
            names = "--targets",
            split = ",",
            description = "Recalls wanted, 0.5 to 0.999. 0.8, 0.9, 0.95 and 0.99 if absent.")
    private List<Double> targets = List.of(0.8, 0.9, 0.95, 0.99);

    @Option(names = "--queries", description = "How many. ${DEFAULT-VALUE} if absent.")
    private int queries = 2_000;

    @Option(names = "--k", description = "Hits wanted. ${DEFAULT-VALUE} if absent.")
    private int k = 10;

    @Option(
            names = "--rounds",
            description = "In which the searches take turns; the median counts. ${DEFAULT-VALUE} if absent.")
    private int rounds = 5;

    @Option(names = "--json", description = "Also writes every measurement to this file, a JSON object a line.")
    private @Nullable Path json;

    private final Cache cache;

    RecallCommand(Cache cache) {
        this.cache = cache;
    }

    @Override
    public Integer call() throws IOException {
        List<MetTarget> results = new ArrayList<>();
        for (String name : datasets) {
            Dataset data = Datasets.load(name, metric, cache);
            for (long seed : seeds) {
                tell(data.name() + ": seed " + seed);
                results.addAll(measure(data.holdOut(queries, seed)));
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        TargetTables.all(results).forEach(out::println);
        out.println();
        TargetTables.worst(results).forEach(out::println);
        if (json != null) {
            JsonLines.writeTargets(json, results);
        }
        return 0;
    }

    private List<MetTarget> measure(Workload workload) throws IOException {
        GroundTruth truth = GroundTruth.of(workload, cache);
        Dataset base = workload.base();
        TrainedCells trained = TrainedCells.train(
                CalibratedVoronode.trainingRows(base), cells > 0 ? cells : TrainedCells.fitting(base), kind);
        try (VoronodeIndex index = VoronodeIndex.build(base, trained, kind, cache)) {
            CalibratedVoronode calibrated = CalibratedVoronode.calibrate(index, base, kind);
            return new TargetSweep(workload, truth, k, rounds).measure(index, calibrated, targets);
        }
    }

    private void tell(String what) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(what);
        err.flush();
    }
}
