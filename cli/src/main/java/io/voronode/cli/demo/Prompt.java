package io.voronode.cli.demo;

import io.voronode.cli.Terminal;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.TerminalBuilder;

/** Asks a person for searches until there are no more. */
final class Prompt {
    private Prompt() {}

    static void run(Terminal terminal, String address, DemoSearch search) throws IOException {
        terminal.err().println();
        terminal.err().println("Search for anything; an empty line or Ctrl-D ends. From another terminal:");
        terminal.err()
                .println("  scripts/voronode search " + WordNetLoader.COLLECTION
                        + " \"something sweet\" --with-document --server " + address);
        terminal.err().println();
        try (org.jline.terminal.Terminal screen =
                TerminalBuilder.builder().system(true).build()) {
            LineReader reader = LineReaderBuilder.builder().terminal(screen).build();
            for (String line = ask(reader); !line.isEmpty(); line = ask(reader)) {
                answer(terminal, search, line);
            }
        }
    }

    private static String ask(LineReader reader) {
        try {
            return reader.readLine("search> ").strip();
        } catch (EndOfFileException | UserInterruptException e) {
            return "";
        }
    }

    private static void answer(Terminal terminal, DemoSearch search, String line) {
        try {
            search.show(line);
        } catch (VoronodeException e) {
            terminal.err().println("voronode: " + e.getMessage());
        }
        terminal.out().println();
        terminal.flush();
    }
}
