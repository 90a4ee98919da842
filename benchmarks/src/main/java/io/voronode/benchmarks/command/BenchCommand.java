package io.voronode.benchmarks.command;

import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.data.Dataset;
import io.voronode.benchmarks.data.Datasets;
import io.voronode.benchmarks.data.GroundTruth;
import io.voronode.benchmarks.data.Workload;
import io.voronode.benchmarks.index.GraphSetting;
import io.voronode.benchmarks.index.JVectorGraph;
import io.voronode.benchmarks.index.LuceneGraph;
import io.voronode.benchmarks.index.MeasuredIndex;
import io.voronode.benchmarks.index.TrainedCells;
import io.voronode.benchmarks.index.VoronodeIndex;
import io.voronode.benchmarks.measure.Measured;
import io.voronode.benchmarks.measure.Sweep;
import io.voronode.benchmarks.report.JsonLines;
import io.voronode.benchmarks.report.ResultTables;
import io.voronode.engine.codec.IndexKind;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Voronode beside its peers: recall, speed, cost of the build, bytes read, in one run on this machine. */
@Command(
        name = "bench.sh",
        mixinStandardHelpOptions = true,
        description = "Measures Voronode's indexes beside those of Lucene and JVector, in one run.")
final class BenchCommand implements Callable<Integer> {

    private static final int QUICK_ROWS = 20_000;
    private static final int QUICK_QUERIES = 200;
    private static final int QUICK_ROUNDS = 3;

    /** Of the rows of a quick run: the same subset whatever the queries are. */
    private static final long SUBSET_SEED = 1;

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

    @Option(names = "--engines", split = ",", description = "${COMPLETION-CANDIDATES}. All if absent.")
    private Set<Engine> engines = EnumSet.allOf(Engine.class);

    @Option(
            names = "--kinds",
            split = ",",
            description = "Of Voronode's index: ${COMPLETION-CANDIDATES}. All but FLAT if absent.")
    private Set<IndexKind> kinds = EnumSet.complementOf(EnumSet.of(IndexKind.FLAT));

    @Option(names = "--cells", description = "Cells of Voronode's index. One for 384 rows if absent.")
    private int cells;

    @Option(
            names = "--seed",
            description = "Draws the queries, which are taken out of the data. ${DEFAULT-VALUE} if absent.")
    private long seed = 1;

    @Option(names = "--queries", description = "How many. ${DEFAULT-VALUE} if absent.")
    private int queries = 1_000;

    @Option(names = "--k", description = "Hits wanted. ${DEFAULT-VALUE} if absent.")
    private int k = 10;

    @Option(
            names = "--rounds",
            description = "In which the indexes take turns; the median counts. ${DEFAULT-VALUE} if absent.")
    private int rounds = 5;

    @Option(names = "--peers", description = "How many of the settings of a peer's graph, best first. All if absent.")
    private int peers = GraphSetting.SWEEP.size();

    @Option(
            names = "--quick",
            description = "A part of the data, fewer queries, one setting of each peer: a minute, not a result.")
    private boolean quick;

    @Option(names = "--json", description = "Also writes every measurement to this file, a JSON object a line.")
    private @Nullable Path json;

    /** Who is measured. */
    enum Engine {
        VORONODE,
        LUCENE,
        JVECTOR
    }

    @Override
    public Integer call() throws IOException {
        Cache cache = Cache.of(System.getenv());
        List<Measured> results = new ArrayList<>();
        for (String name : datasets) {
            results.addAll(measure(Datasets.load(name, metric, cache), cache));
        }
        PrintWriter out = spec.commandLine().getOut();
        ResultTables.settings(results).forEach(out::println);
        out.println();
        ResultTables.comparison(results).forEach(out::println);
        if (json != null) {
            JsonLines.write(json, results);
        }
        return 0;
    }

    private List<Measured> measure(Dataset data, Cache cache) throws IOException {
        Workload workload = quick
                ? data.sample(QUICK_ROWS, SUBSET_SEED).holdOut(Math.min(queries, QUICK_QUERIES), seed)
                : data.holdOut(queries, seed);
        GroundTruth truth = GroundTruth.of(workload, cache);
        List<MeasuredIndex> indexes = new ArrayList<>();
        try {
            open(workload.base(), cache, indexes);
            return new Sweep(workload, truth, k, quick ? QUICK_ROUNDS : rounds).measure(indexes);
        } finally {
            IOUtils.close(indexes);
        }
    }

    private void open(Dataset base, Cache cache, List<MeasuredIndex> indexes) throws IOException {
        if (engines.contains(Engine.VORONODE)) {
            openVoronode(base, cache, indexes);
        }
        for (GraphSetting setting : settings()) {
            if (engines.contains(Engine.LUCENE) && LuceneGraph.supports(base.metric())) {
                openLucene(base, setting, cache, indexes);
            }
            if (engines.contains(Engine.JVECTOR) && JVectorGraph.supports(base.metric())) {
                openJVector(base, setting, cache, indexes);
            }
        }
    }

    private void openVoronode(Dataset base, Cache cache, List<MeasuredIndex> indexes) throws IOException {
        TrainedCells trained = TrainedCells.train(base, cells);
        for (IndexKind kind : kinds) {
            tell(base, "building voronode " + kind);
            indexes.add(VoronodeIndex.build(base, trained, kind, cache));
        }
    }

    private void openLucene(Dataset base, GraphSetting setting, Cache cache, List<MeasuredIndex> indexes)
            throws IOException {
        for (LuceneGraph.Kind kind : LuceneGraph.Kind.values()) {
            tell(base, "opening lucene " + kind + " " + setting);
            indexes.add(LuceneGraph.open(base, kind, setting, cache));
        }
    }

    private void openJVector(Dataset base, GraphSetting setting, Cache cache, List<MeasuredIndex> indexes)
            throws IOException {
        for (JVectorGraph.Kind kind : JVectorGraph.Kind.values()) {
            tell(base, "opening jvector " + kind + " " + setting);
            indexes.add(JVectorGraph.open(base, kind, setting, cache));
        }
    }

    private List<GraphSetting> settings() {
        return quick ? List.of(GraphSetting.QUICK) : GraphSetting.SWEEP.subList(0, peers);
    }

    private void tell(Dataset base, String what) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(base.name() + ": " + what);
        err.flush();
    }
}
