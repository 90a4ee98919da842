package io.voronode.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The outcome of one command, run in this process away from any terminal. */
record Run(int exitCode, String out, String err) {

    static Run of(String... args) {
        return with(Map.of(), "", args);
    }

    static Run with(Map<String, String> environment, String in, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(
                new PrintWriter(out),
                new PrintWriter(err),
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                false,
                100,
                environment);
        int exitCode = Main.run(terminal, args);
        return new Run(exitCode, out.toString(), err.toString());
    }
}
