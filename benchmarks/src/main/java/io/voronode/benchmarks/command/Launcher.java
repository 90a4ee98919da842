package io.voronode.benchmarks.command;

import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Where the servers are started from that some commands measure. */
final class Launcher {
    /** Set by the script that starts the bench. */
    private static final String PROPERTY = "voronode.launcher";

    private Launcher() {}

    /** {@code scripts/voronode} of a tree that is built. */
    static Path of(CommandSpec command) {
        String launcher = System.getProperty(PROPERTY);
        if (launcher == null) {
            throw new ParameterException(
                    command.commandLine(),
                    command.name() + " starts servers: run scripts/bench.sh, which sets -D" + PROPERTY);
        }
        return Path.of(launcher);
    }
}
