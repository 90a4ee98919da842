package io.voronode.benchmarks.command;

import io.voronode.benchmarks.data.Cache;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine;

/** Starts the bench. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        System.exit(commandLine(Cache.of(System.getenv())).execute(args));
    }

    static CommandLine commandLine(Cache cache) {
        return new CommandLine(new BenchCommand(cache))
                .addSubcommand(new ClusterCommand(cache))
                .addSubcommand(new FiltersCommand(cache))
                .addSubcommand(new IngestCommand(cache))
                .addSubcommand(new RecallCommand(cache))
                .addSubcommand(new ReportCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, line, _) -> {
                    PrintWriter err = line.getErr();
                    if (failure instanceof IllegalArgumentException) {
                        err.println(failure.getMessage());
                    } else {
                        failure.printStackTrace(err);
                    }
                    return line.getCommandSpec().exitCodeOnExecutionException();
                });
    }
}
