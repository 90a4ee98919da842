package io.voronode.benchmarks.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.benchmarks.data.Cache;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class BenchCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void theOptionsOfAQuickRunParse() {
        CommandLine.ParseResult parsed = Main.commandLine(new Cache(folder.resolve("cache")))
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
        assertThat(err.toString().lines()).last().asString().startsWith("no data set and no file is named");
    }

    @Test
    void aQuickRunOverAFileWritesJsonOfWhichTheReportIsMade() throws IOException {
        Path vectors = folder.resolve("few.fvecs");
        Files.write(vectors, fvecs(600, 8));
        Path json = folder.resolve("results.json");
        Path plots = folder.resolve("plots");

        int run = execute(
                "--quick",
                "--dataset",
                vectors.toString(),
                "--engines",
                "voronode",
                "--metric",
                "euclidean",
                "--json",
                json.toString());
        String table = out.toString();
        int report = execute("report", json.toString(), "--plots", plots.toString());

        assertThat(run).isZero();
        assertThat(table).contains("few.fvecs", "IVF_FLAT", "recall@k", "garbage B/query");
        assertThat(Files.readAllLines(json))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("{\"dataset\":\"few.fvecs\""));
        assertThat(report).isZero();
        assertThat(plots.resolve("few.fvecs.svg")).content().contains("voronode IVF_FLAT");
    }

    @Test
    void clustersThatShrinkAreAUsageError() {
        assertThat(execute("cluster", "--nodes", "3,1")).isEqualTo(2);
        assertThat(err.toString()).contains("--nodes [3, 1]: clusters only grow");
    }

    @Test
    void anUnknownEngineIsAUsageError() {
        assertThat(execute("--engines", "faiss")).isEqualTo(2);
        assertThat(err.toString()).contains("faiss");
    }

    private int execute(String... args) {
        return Main.commandLine(new Cache(folder.resolve("cache")))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    private static byte[] fvecs(int count, int dimension) {
        SplittableRandom random = new SplittableRandom(1);
        ByteBuffer bytes =
                ByteBuffer.allocate(count * (dimension + 1) * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < count; row++) {
            bytes.putInt(dimension);
            for (int d = 0; d < dimension; d++) {
                bytes.putFloat((float) random.nextGaussian());
            }
        }
        return bytes.array();
    }
}
