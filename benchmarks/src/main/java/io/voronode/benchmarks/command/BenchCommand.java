package io.voronode.benchmarks.command;

import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.data.Dataset;
import io.voronode.benchmarks.data.GroundTruth;
import io.voronode.benchmarks.data.Workload;
import io.voronode.benchmarks.index.GraphSetting;
import io.voronode.benchmarks.index.JVectorGraph;
import io.voronode.benchmarks.index.LuceneGraph;
import io.voronode.benchmarks.index.MeasuredIndex;
import io.voronode.benchmarks.index.PeerShelf;
import io.voronode.benchmarks.index.TrainedCells;
import io.voronode.benchmarks.index.VoronodeIndex;
import io.voronode.benchmarks.measure.Measured;
import io.voronode.benchmarks.measure.Sweep;
import io.voronode.benchmarks.meter.Machine;
import io.voronode.benchmarks.report.JsonLines;
import io.voronode.benchmarks.report.ResultTables;
import io.voronode.engine.clustering.IndexKind;
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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Voronode beside its peers: recall, speed, cost of the build, bytes read, in one run on this machine. */
@Command(
        name = "bench.sh",
        mixinStandardHelpOptions = true,
        description = "Measures Voronode's indexes beside those of Lucene and JVector, in one run.")
final class BenchCommand implements Callable<Integer> {

    private static final int QUICK_ROUNDS = 3;

    private final Cache cache;

    @Spec
    private CommandSpec spec;

    @Mixin
    private WorkloadOptions workloads;

    @Option(names = "--engines", split = ",", description = "${COMPLETION-CANDIDATES}; all unless given.")
    private Set<Engine> engines = EnumSet.allOf(Engine.class);

    @Option(
            names = "--kinds",
            split = ",",
            description = "Of Voronode's index: ${COMPLETION-CANDIDATES}; all with cells unless given.")
    private Set<IndexKind> kinds = EnumSet.complementOf(EnumSet.of(IndexKind.FLAT, IndexKind.HNSW));

    @Option(names = "--cells", description = "Of Voronode's index: one for 96 rows unless given.")
    private int cells;

    @Option(
            names = "--peer-settings",
            description = "With how many of its settings a peer's graph is built, the most useful first:"
                    + " ${DEFAULT-VALUE} unless given.")
    private int peerSettings = GraphSetting.SWEEP.size();

    @Option(
            names = "--rounds",
            description = "In which the indexes take turns; the median counts: ${DEFAULT-VALUE} unless given.")
    private int rounds = 5;

    @Option(names = "--json", paramLabel = "FILE", description = "Also writes all figures, a JSON object a line.")
    private @Nullable Path json;

    /** Who is measured. */
    enum Engine {
        VORONODE,
        LUCENE,
        JVECTOR
    }

    BenchCommand(Cache cache) {
        this.cache = cache;
    }

    @Override
    public Integer call() throws IOException {
        if (kinds.contains(IndexKind.HNSW)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--kinds: HNSW has no cells to probe; it is measured as engine LUCENE, which it is");
        }
        List<Measured> results = new ArrayList<>();
        for (String name : workloads.names()) {
            tell(name, "loading, or making it");
            results.addAll(measure(workloads.load(name, cache)));
        }
        if (json != null) {
            JsonLines.write(json, results);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(Machine.describe());
        out.println();
        ResultTables.print(results, out);
        return 0;
    }

    private List<Measured> measure(Workload workload) throws IOException {
        GroundTruth truth = GroundTruth.of(workload, cache);
        List<MeasuredIndex> indexes = new ArrayList<>();
        try {
            open(workload.base(), indexes);
            tell(workload.base().name(), "searching");
            int turns = workloads.isQuick() ? QUICK_ROUNDS : rounds;
            return new Sweep(workload, truth, workloads.k(), turns).measure(indexes);
        } finally {
            IOUtils.close(indexes);
        }
    }

    private void open(Dataset base, List<MeasuredIndex> indexes) throws IOException {
        if (engines.contains(Engine.VORONODE)) {
            openVoronode(base, indexes);
        }
        PeerShelf shelf = PeerShelf.of(base, cache);
        for (GraphSetting setting : graphSettings()) {
            if (engines.contains(Engine.LUCENE) && LuceneGraph.supports(base.metric())) {
                openLucene(base, setting, shelf, indexes);
            }
            if (engines.contains(Engine.JVECTOR) && JVectorGraph.supports(base.metric())) {
                openJVector(base, setting, shelf, indexes);
            }
        }
    }

    private List<GraphSetting> graphSettings() {
        return workloads.isQuick() ? List.of(GraphSetting.QUICK) : GraphSetting.SWEEP.subList(0, peerSettings);
    }

    private void openVoronode(Dataset base, List<MeasuredIndex> indexes) throws IOException {
        tell(base.name(), "training cells");
        TrainedCells trained = TrainedCells.train(base, cells, IndexKind.IVF_RABITQ);
        for (IndexKind kind : kinds) {
            if (kind.supports(base.metric())) {
                tell(base.name(), "building voronode " + kind);
                // A product quantizer costs training that the others do without.
                TrainedCells own = kind == IndexKind.IVF_PQ ? TrainedCells.train(base, cells, kind) : trained;
                indexes.add(VoronodeIndex.build(base, own, kind, cache));
            }
        }
    }

    private void openLucene(Dataset base, GraphSetting setting, PeerShelf shelf, List<MeasuredIndex> indexes)
            throws IOException {
        for (LuceneGraph.Kind kind : LuceneGraph.Kind.values()) {
            tell(base.name(), "opening lucene " + kind + " " + setting);
            indexes.add(LuceneGraph.open(base, kind, setting, shelf));
        }
    }

    private void openJVector(Dataset base, GraphSetting setting, PeerShelf shelf, List<MeasuredIndex> indexes)
            throws IOException {
        for (JVectorGraph.Kind kind : JVectorGraph.Kind.values()) {
            tell(base.name(), "opening jvector " + kind + " " + setting);
            indexes.add(JVectorGraph.open(base, kind, setting, shelf));
        }
    }

    private void tell(String dataset, String what) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(dataset + ": " + what);
        err.flush();
    }
}
