package io.voronode.benchmarks.command;

import io.voronode.benchmarks.cluster.ClusterBench;
import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.data.Dataset;
import io.voronode.benchmarks.data.Datasets;
import io.voronode.benchmarks.data.Workload;
import io.voronode.benchmarks.meter.Machine;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a cluster costs beside its engine, and what clients notice when processes die. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description = "Measures clusters of processes: what searches ask of whom and what it costs, and deaths.")
final class ClusterCommand implements Callable<Integer> {
    private static final int QUICK_ROWS = 20_000;
    private static final int LOSS_ROWS = 30_000;
    private static final String LOSS_DATA = "glove";
    private static final long PART_SEED = 1;

    private final Cache cache;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--dataset",
            paramLabel = "NAME|FILE",
            description = "Data for routing; may be repeated. glove and wordnet unless given.")
    private List<String> datasets = List.of("glove", "wordnet");

    @Option(names = "--seed", description = "Draws the queries, which are taken out of the data: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--queries", description = "How many: ${DEFAULT-VALUE} unless given.")
    private int queries = 1_000;

    @Option(
            names = "--nodes",
            split = ",",
            paramLabel = "COUNT",
            description =
                    "On so many nodes the same data lies for routing, one after the other, each more than the one before:"
                            + " 1,3,8 unless given.")
    private List<Integer> nodes = List.of(1, 3, 8);

    @ArgGroup
    private Part part = new Part();

    /** One of the two, or none for both. */
    private static final class Part {
        @Option(names = "--routing", description = "Routing only.")
        private boolean routing;

        @Option(names = "--losses", description = "Deaths only.")
        private boolean losses;
    }

    @Option(names = "--quick", description = "A part of the records: figures that say little.")
    private boolean quick;

    ClusterCommand(Cache cache) {
        this.cache = cache;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireGrowth();
        ClusterBench bench = new ClusterBench(Launcher.of(spec), cache, this::tell);
        PrintWriter out = spec.commandLine().getOut();
        out.println(Machine.describe());
        if (!part.losses) {
            for (String name : datasets) {
                print(out, bench.routing(workload(name), nodes));
            }
        }
        if (!part.routing) {
            print(out, bench.losses(Datasets.load(LOSS_DATA, null, cache).sample(LOSS_ROWS, PART_SEED)));
        }
        return 0;
    }

    private void requireGrowth() {
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i) <= (i == 0 ? 0 : nodes.get(i - 1))) {
                throw new ParameterException(
                        spec.commandLine(), "--nodes " + nodes + ": clusters only grow, from one node at least");
            }
        }
    }

    private Workload workload(String name) throws IOException {
        Dataset data = Datasets.load(name, null, cache);
        return (quick ? data.sample(QUICK_ROWS, PART_SEED) : data).holdOut(queries, seed);
    }

    private static void print(PrintWriter out, Stream<String> lines) {
        lines.forEach(out::println);
        out.flush();
    }

    private void tell(String what) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(what);
        err.flush();
    }
}
