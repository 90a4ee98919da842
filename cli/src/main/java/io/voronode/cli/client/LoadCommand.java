package io.voronode.cli.client;

import io.voronode.cli.CliException;
import io.voronode.cli.DurationConverter;
import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.cli.jsonl.RecordLines;
import io.voronode.cli.progress.Progress;
import io.voronode.cli.table.Figures;
import io.voronode.client.Expiry;
import io.voronode.client.UpsertSummary;
import io.voronode.client.VoronodeClient;
import io.voronode.wire.VoronodeException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the records of a file of JSON lines. */
@Command(
        name = "load",
        description = "Write the records of a file of JSON lines; lines that are wrong are named and left out.",
        footerHeading = "%nA line is%n",
        footer = {
            "  {\"key\": \"a1\", \"vector\": [0.1, 0.2], \"payload\": {\"year\": 1984}, \"document\": \"text\"}",
            "with \"text\" in place of \"vector\" where the collection has a model, \"documentBase64\" in place of",
            "\"document\" for bytes, \"mediaType\" for the document's type, and \"expireTime\": \"2031-05-06T07:08:09Z\"",
            "or \"ttl\": \"30m\" where the record is to expire.",
            "",
            "Examples:",
            "  voronode load articles articles.jsonl",
            "  voronode load articles articles.jsonl --if-absent",
            "  voronode load sessions sessions.jsonl --ttl 24h",
            "  zcat articles.jsonl.gz | voronode load articles -"
        })
public final class LoadCommand implements Callable<Integer> {
    /** Long enough for a server to restart on a machine that has much else to do; whether there is one at all is known at once. */
    private static final Duration RETRY = Duration.ofSeconds(90);

    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(index = "0", paramLabel = "COLLECTION", description = "The collection.")
    private String collection;

    @Parameters(index = "1", paramLabel = "FILE", description = "The file; - for standard input.")
    private String file;

    @Option(names = "--if-absent", description = "Leave records alone that are there already.")
    private boolean ifAbsent;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "Have records expire so long after they are written, as 90s, 30m, 24h or 7d; those whose line says when do so then.")
    private @Nullable Duration ttl;

    public LoadCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (InputStream in = open();
                VoronodeClient impatient = options.connect();
                VoronodeClient client = options.connect(RETRY)) {
            impatient.getCollection(collection);
            return load(client, in);
        }
    }

    private InputStream open() throws IOException {
        if (!file.equals("-") && Files.isDirectory(Path.of(file))) {
            throw new CliException(file + " is a folder, not a file");
        }
        // Closing standard input would be the end of it for the whole process.
        return file.equals("-")
                ? new FilterInputStream(terminal.in()) {
                    @Override
                    public void close() {}
                }
                : Files.newInputStream(Path.of(file));
    }

    private int load(VoronodeClient client, InputStream in) {
        long start = System.nanoTime();
        UpsertSummary summary;
        LoadSource source;
        try (Progress progress = Progress.on(terminal, "loading", "records", 0, -1)) {
            source = new LoadSource(new RecordLines(in), ifAbsent, ttl == null ? null : Expiry.after(ttl), progress);
            summary = upsertAll(client, source);
        }
        report(summary, source, Duration.ofNanos(System.nanoTime() - start));
        return refused(summary, source) == 0 ? ExitCodes.OK : ExitCodes.FAILURE;
    }

    private static long refused(UpsertSummary summary, LoadSource source) {
        return summary.failed() - source.present() + source.badLines();
    }

    private UpsertSummary upsertAll(VoronodeClient client, LoadSource source) {
        try {
            return client.upsertAll(collection, source, source);
        } catch (VoronodeException e) {
            source.brokeOff();
            throw e;
        }
    }

    private void report(UpsertSummary summary, LoadSource source, Duration time) {
        long refused = refused(summary, source);
        terminal.err()
                .println(Figures.counted(summary.written(), "record") + " written to " + collection + " in "
                        + Figures.time(time) + " (" + Figures.rate(summary.written(), time) + "), "
                        + (ifAbsent ? Figures.counted(source.present(), "record") + " already there, " : "")
                        + Figures.counted(refused, "line") + " refused");
        if (options.json()) {
            terminal.out()
                    .println(Json.pretty(Json.object()
                            .put("written", summary.written())
                            .put("superseded", summary.superseded())
                            .put("present", source.present())
                            .put("refused", refused)));
        }
    }
}
