package io.voronode.benchmarks.meter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The machine under a run: figures of different machines are not compared. */
public final class Machine {

    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    private Machine() {}

    /** Processors, JVM and operating system, in a line. */
    public static String describe() {
        return Runtime.getRuntime().availableProcessors() + " × " + processor() + ", Java "
                + System.getProperty("java.vm.version") + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.version");
    }

    /** The model's name where the system tells it, as Linux does. */
    private static String processor() {
        if (Files.isReadable(CPUINFO)) {
            try (Stream<String> lines = Files.lines(CPUINFO)) {
                return lines.filter(line -> line.startsWith("model name"))
                        .findFirst()
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .orElse(System.getProperty("os.arch"));
            } catch (IOException _) {
                // Then the architecture has to do.
            }
        }
        return System.getProperty("os.arch");
    }
}
