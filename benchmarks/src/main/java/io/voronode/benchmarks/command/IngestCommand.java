package io.voronode.benchmarks.command;

import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.meter.Machine;
import io.voronode.benchmarks.server.IngestBench;
import io.voronode.benchmarks.server.IngestScenario;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How fast servers take records in, and what that costs in disk and memory. */
@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        description = "Measures loads into servers: speed, bytes written, memory, and single writes.")
final class IngestCommand implements Callable<Integer> {
    private static final int QUICK_RECORDS = 20_000;

    private final Cache cache;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--scenario",
            split = ",",
            description = "${COMPLETION-CANDIDATES}; all, and single writes, unless given.")
    private @Nullable Set<IngestScenario> scenarios;

    @Option(names = "--single", description = "Single writes, and no loads but those of --scenario.")
    private boolean single;

    @Option(names = "--quick", description = "A part of the records: figures that say little.")
    private boolean quick;

    IngestCommand(Cache cache) {
        this.cache = cache;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        IngestBench bench = new IngestBench(Launcher.of(spec), cache);
        out.println(Machine.describe());
        boolean all = scenarios == null && !single;
        List<IngestScenario> chosen = new ArrayList<>(
                all ? EnumSet.allOf(IngestScenario.class) : Objects.requireNonNullElse(scenarios, Set.of()));
        for (IngestScenario scenario : chosen) {
            print(
                    out,
                    bench.run(scenario, quick ? QUICK_RECORDS : Integer.MAX_VALUE)
                            .toList());
        }
        if (all || single) {
            print(out, bench.single().toList());
        }
        return 0;
    }

    private static void print(PrintWriter out, List<String> lines) {
        lines.forEach(out::println);
        out.flush();
    }
}
