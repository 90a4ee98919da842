package io.voronode.benchmarks.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class BenchCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter err = new StringWriter();

    @Test
    void theOptionsOfAQuickRunParse() {
        CommandLine.ParseResult parsed = Main.commandLine()
                .parseArgs(
                        "--quick",
                        "--dataset",
                        "glove",
                        "--dataset",
                        "wordnet",
                        "--json",
                        "out.json",
                        "--seed",
                        "42",
                        "--kinds",
                        "ivf_flat,flat",
                        "--engines",
                        "voronode,lucene",
                        "--cells",
                        "100");

        assertThat(parsed.hasMatchedOption("--quick")).isTrue();
        assertThat(parsed.matchedOptionValue("--seed", 0L)).isEqualTo(42);
        assertThat(parsed.unmatched()).isEmpty();
    }

    @Test
    void aDataSetThatDoesNotExistIsToldInOneLine() {
        int exitCode = execute("--dataset", folder.resolve("none.npy").toString());

        assertThat(exitCode).isEqualTo(1);
        assertThat(err.toString()).contains("no data set and no file is named").hasLineCount(1);
    }

    @Test
    void anUnknownEngineIsAUsageError() {
        assertThat(execute("--engines", "faiss")).isEqualTo(2);
        assertThat(err.toString()).contains("faiss");
    }

    private int execute(String... args) {
        return Main.commandLine().setErr(new PrintWriter(err, true)).execute(args);
    }
}
