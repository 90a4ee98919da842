package io.voronode.benchmarks.command;

import io.voronode.benchmarks.measure.Measured;
import io.voronode.benchmarks.report.JsonLines;
import io.voronode.benchmarks.report.RecallPlot;
import io.voronode.benchmarks.report.ResultTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The tables and plots of runs that are over. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Prints the tables of earlier runs again, and draws their plots.")
final class ReportCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "What --json wrote.")
    private List<Path> files;

    @Option(names = "--plots", paramLabel = "FOLDER", description = "Draws a plot for each data set, as SVG.")
    private @Nullable Path plots;

    @Override
    public Integer call() throws IOException {
        List<Measured> results = new ArrayList<>();
        for (Path file : files) {
            results.addAll(JsonLines.read(file));
        }
        ResultTables.print(results, spec.commandLine().getOut());
        if (plots != null) {
            draw(results, Files.createDirectories(plots));
        }
        return 0;
    }

    private static void draw(List<Measured> results, Path folder) throws IOException {
        Map<String, List<Measured>> byDataset = results.stream()
                .collect(Collectors.groupingBy(Measured::dataset, LinkedHashMap::new, Collectors.toList()));
        for (Map.Entry<String, List<Measured>> each : byDataset.entrySet()) {
            Files.writeString(folder.resolve(each.getKey() + ".svg"), RecallPlot.svg(each.getKey(), each.getValue()));
        }
    }
}
