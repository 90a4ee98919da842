package io.voronode.systemtests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of {@code scripts/voronode}, as a user would type it. The script becomes the JVM, so signals reach that. */
final class Launcher {
    /** Maven names the module's folder; the scripts lie beside it. */
    private static final Path SCRIPT = Path.of(System.getProperty("basedir", "."), "..", "scripts", "voronode")
            .normalize();

    private Launcher() {}

    static List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(SCRIPT.toAbsolutePath().toString());
        command.addAll(arguments);
        return command;
    }
}
