package io.voronode.benchmarks.command;

import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine;

/** Starts the bench. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new BenchCommand())
                .addSubcommand(new FiltersCommand())
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
