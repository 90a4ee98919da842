package io.voronode.systemtests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of {@code scripts/voronode}, as a user would type it. The script becomes the JVM, so signals reach that. */
final class Launcher {
    private Launcher() {}

    static List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(script("voronode").toString());
        command.addAll(arguments);
        return command;
    }

    /** One of the scripts, which lie beside this module; Maven names the module's folder. */
    static Path script(String name) {
        return Path.of(System.getProperty("basedir", "."), "..", "scripts", name)
                .toAbsolutePath()
                .normalize();
    }
}
