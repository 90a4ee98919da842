package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.cli.table.Figures;
import io.voronode.client.Filter;
import io.voronode.client.FilteredDelete;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.client.WriteReport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes records, by key or by a filter. */
@Command(
        name = "delete",
        description = "Delete records by key, or all that match a filter. A key without a record is no error.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  voronode delete articles a1 a2",
            "  voronode delete articles a1 --if-version 42",
            "  voronode delete articles --filter 'lang == \"en\" && year < 1990' --dry-run"
        })
public final class DeleteCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(index = "0", paramLabel = "COLLECTION", description = "The collection.")
    private String collection;

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "KEY", description = "The records' keys.")
    private List<String> keys = List.of();

    @Option(
            names = "--if-version",
            paramLabel = "VERSION",
            description = "Delete the record only where it has this version, as get shows it; with one KEY.")
    private @Nullable Long ifVersion;

    @Option(
            names = "--filter",
            paramLabel = "CONDITION",
            description =
                    "Delete the records whose payload matches, in place of KEYs. A record that is written meanwhile stays.")
    private @Nullable String filter;

    @Option(names = "--dry-run", description = "With --filter: only say how many records match.")
    private boolean dryRun;

    public DeleteCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (filter == null) {
            return deleteKeys();
        }
        if (!keys.isEmpty() || ifVersion != null) {
            throw options.usage("give either KEYs or --filter");
        }
        Filter parsed = QueryOptions.filter(options, filter);
        return dryRun ? count(parsed) : deleteMatching(parsed);
    }

    private int deleteKeys() {
        if (keys.isEmpty()) {
            throw options.usage("give KEYs, or --filter");
        }
        if (dryRun) {
            throw options.usage("--dry-run goes with --filter");
        }
        try (VoronodeClient client = options.connect()) {
            WriteReport report = delete(client);
            options.print(
                    terminal,
                    () -> RecordTables.deletes(report.results()),
                    () -> Json.array(report.results(), Json::write));
            report.failures()
                    .forEach(failure ->
                            terminal.err().println("voronode: key \"" + failure.key() + "\": " + failure.message()));
            return report.ok() ? ExitCodes.OK : ExitCodes.FAILURE;
        }
    }

    private WriteReport delete(VoronodeClient client) {
        if (ifVersion == null) {
            return client.delete(collection, keys, Wait.INDEXED);
        }
        if (keys.size() != 1) {
            throw options.usage("--if-version takes one KEY, not " + keys.size());
        }
        long version = options.version("--if-version", ifVersion);
        return client.deleteIf(collection, Map.of(keys.getFirst(), version), Wait.INDEXED);
    }

    private int count(Filter matching) {
        try (VoronodeClient client = options.connect()) {
            long matched = client.count(collection, matching);
            say(Figures.counted(matched, "record") + " would be deleted", new FilteredDelete(matched, 0, 0));
            return ExitCodes.OK;
        }
    }

    private int deleteMatching(Filter matching) {
        try (VoronodeClient client = options.connect()) {
            FilteredDelete outcome = client.deleteByFilter(collection, matching);
            String changed =
                    outcome.changed() == 0 ? "" : ", " + outcome.changed() + " left that were written meanwhile";
            say(Figures.counted(outcome.deleted(), "record") + " deleted" + changed, outcome);
            return ExitCodes.OK;
        }
    }

    private void say(String sentence, FilteredDelete outcome) {
        terminal.out()
                .println(
                        options.json()
                                ? Json.pretty(Json.object()
                                        .put("matched", outcome.matched())
                                        .put("deleted", outcome.deleted())
                                        .put("changed", outcome.changed()))
                                : sentence);
    }
}
