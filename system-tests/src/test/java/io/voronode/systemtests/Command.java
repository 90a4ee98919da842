package io.voronode.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The outcome of one run of the {@code voronode} command as a process. */
record Command(int exitCode, String out, String err) {

    /** Runs the command to its end, with nothing on its standard input. */
    static Command run(Duration timeout, String... arguments) throws InterruptedException {
        return runWithInput(timeout, "", arguments);
    }

    /** Runs the command to its end with this standard input. */
    static Command runWithInput(Duration timeout, String input, String... arguments) throws InterruptedException {
        try {
            Path in = Files.createTempFile("voronode", ".in");
            Path out = Files.createTempFile("voronode", ".out");
            Path err = Files.createTempFile("voronode", ".err");
            try {
                Files.writeString(in, input);
                int exitCode = run(timeout, in, out, err, List.of(arguments));
                return new Command(
                        exitCode,
                        Files.readString(out, StandardCharsets.UTF_8),
                        withoutJvmWarning(Files.readString(err, StandardCharsets.UTF_8)));
            } finally {
                for (Path file : List.of(in, out, err)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int run(Duration timeout, Path in, Path out, Path err, List<String> arguments)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Launcher.command(arguments))
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(
                    arguments + " not done after " + timeout + ":\n" + Files.readString(out) + Files.readString(err));
        }
        return process.exitValue();
    }

    /** The JVM itself announces the incubator module of the SIMD kernels; nothing can keep it from that. */
    private static String withoutJvmWarning(String err) {
        return err.replace("WARNING: Using incubator modules: jdk.incubator.vector\n", "");
    }
}
