package io.voronode.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a command reads and writes. Text is UTF-8 whatever the locale says.
 *
 * @param out for data
 * @param err for everything else
 * @param in what {@code -} names
 * @param interactive whether a person sits at both ends
 * @param width columns that tables may fill
 * @param environment the process's variables
 */
public record Terminal(
        PrintWriter out,
        PrintWriter err,
        InputStream in,
        boolean interactive,
        int width,
        Map<String, String> environment) {

    private static final int WIDTH_WITHOUT_TERMINAL = 120;
    private static final int WIDTH_OF_OLD = 80;
    private static final int MIN_WIDTH = 40;

    /** The terminal of this process. */
    public static Terminal ofProcess() {
        boolean interactive = isTerminal(System.console());
        Map<String, String> environment = System.getenv();
        return new Terminal(
                writer(FileDescriptor.out),
                writer(FileDescriptor.err),
                System.in,
                interactive,
                width(environment, interactive),
                environment);
    }

    private static boolean isTerminal(@Nullable Console console) {
        return console != null && console.isTerminal();
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(
                new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8),
                true,
                StandardCharsets.UTF_8);
    }

    /** The launcher exports COLUMNS where there is a terminal. */
    private static int width(Map<String, String> environment, boolean interactive) {
        try {
            return Math.max(MIN_WIDTH, Integer.parseInt(environment.getOrDefault("COLUMNS", "")));
        } catch (NumberFormatException e) {
            return interactive ? WIDTH_OF_OLD : WIDTH_WITHOUT_TERMINAL;
        }
    }

    /** Whether text may be coloured: on a terminal, and not where NO_COLOR asks for none. */
    public boolean colours() {
        return interactive
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    public void flush() {
        out.flush();
        err.flush();
    }
}
