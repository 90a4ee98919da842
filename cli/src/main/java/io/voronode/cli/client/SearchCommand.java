package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.cli.filter.FilterText;
import io.voronode.cli.filter.FilterTextException;
import io.voronode.client.Consistency;
import io.voronode.client.Coverage;
import io.voronode.client.Explanation;
import io.voronode.client.Filter;
import io.voronode.client.Query;
import io.voronode.client.SearchOptions;
import io.voronode.client.SearchResult;
import io.voronode.client.VoronodeClient;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds the records nearest to a text or a vector. */
@Command(
        name = "search",
        description = "Find the records nearest to a text or a vector.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  voronode search notes \"how to descale a kettle\" --with-payload",
            "  voronode search notes \"how to descale a kettle\" --recall 0.99 --explain",
            "  voronode search notes kettle --filter 'lang == \"en\" && year >= 1990'",
            "  voronode search articles --vector 0.1,0.2,0.9 -k 20 --nprobe all -o json"
        })
public final class SearchCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(index = "0", paramLabel = "COLLECTION", description = "The collection.")
    private String collection;

    @Parameters(index = "1", arity = "0..1", paramLabel = "TEXT", description = "Embedded by the collection's model.")
    private @Nullable String text;

    @Option(
            names = "--vector",
            paramLabel = "N,N,...",
            description = "One number for each dimension, in place of TEXT.")
    private @Nullable String vector;

    @Option(
            names = {"-k", "--k"},
            paramLabel = "HITS",
            defaultValue = "10",
            description = "Hits wanted, 1 to 10000 (default: ${DEFAULT-VALUE}).")
    private int k;

    @Option(
            names = "--nprobe",
            paramLabel = "CELLS",
            defaultValue = "auto",
            description =
                    "Cells to scan: a number, all (exact), or auto: as many as --recall takes (default: ${DEFAULT-VALUE}).")
    private String nprobe;

    @Option(
            names = "--recall",
            paramLabel = "SHARE",
            description =
                    "The share of the true nearest, 0.5 to 0.999, that searches shall find on average (default: 0.95).")
    private @Nullable Double recall;

    @Option(
            names = "--filter",
            paramLabel = "CONDITION",
            description = {
                "Only records whose payload matches, in CEL syntax: == != < <= > >=, in [..], && || !, has(field), "
                        + "field.startsWith(\"..\"), timestamp(\"..\"); nested fields with dots."
            })
    private @Nullable String filter;

    @Option(names = "--with-payload", description = "Show payloads.")
    private boolean withPayload;

    @Option(names = "--with-document", description = "Show documents.")
    private boolean withDocument;

    @Option(names = "--with-vector", description = "Show vectors.")
    private boolean withVector;

    @Option(names = "--explain", description = "Show how the answer came to be.")
    private boolean explain;

    @Option(
            names = "--consistency",
            paramLabel = "LEVEL",
            defaultValue = "default",
            description = "eventual, session or strong (default: chosen by the server).")
    private Consistency consistency;

    @Option(
            names = "--min-coverage",
            paramLabel = "SHARE",
            defaultValue = "1",
            description = "The least share of the cells, 0 to 1, that must be scanned (default: ${DEFAULT-VALUE}).")
    private double minCoverage;

    public SearchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Query query = query();
        SearchOptions.Builder search = SearchOptions.builder(k)
                .nprobe(cells())
                .targetRecall(targetRecall())
                .withPayload(withPayload)
                .withDocument(withDocument)
                .withVector(withVector)
                .consistency(consistency)
                .minCoverage(minCoverage)
                .explain(explain);
        if (filter != null) {
            search.filter(filter(filter));
        }
        return run(query, search.build());
    }

    private int run(Query query, SearchOptions search) {
        try (VoronodeClient client = options.connect()) {
            SearchResult result = client.search(collection, query, search);
            options.print(terminal, () -> RecordTables.hits(result.hits(), search), () -> Json.search(result));
            warn(result.coverage());
            if (result.explanation() != null && !options.json()) {
                print(result.explanation());
            }
            return ExitCodes.OK;
        }
    }

    private Filter filter(String condition) {
        try {
            return FilterText.parse(condition);
        } catch (FilterTextException e) {
            throw options.usage("--filter: " + e.getMessage());
        }
    }

    private Query query() {
        if ((text == null) == (vector == null)) {
            throw options.usage("give either TEXT or --vector");
        }
        return text != null ? Query.of(text) : Query.of(numbers(String.valueOf(vector)));
    }

    private float[] numbers(String list) {
        String[] parts = list.split(",", -1);
        float[] numbers = new float[parts.length];
        for (int i = 0; i < parts.length; i++) {
            try {
                numbers[i] = Float.parseFloat(parts[i].strip());
            } catch (NumberFormatException e) {
                throw options.usage("--vector: value " + (i + 1) + ", \"" + parts[i] + "\", is not a number");
            }
        }
        return numbers;
    }

    private int cells() {
        return switch (nprobe.toLowerCase(Locale.ROOT)) {
            case "auto" -> 0;
            case "all" -> SearchOptions.ALL_CELLS;
            default -> positive(nprobe);
        };
    }

    private double targetRecall() {
        if (recall == null) {
            return 0;
        }
        if (cells() != 0) {
            throw options.usage("give either --nprobe or --recall");
        }
        if (!(recall > 0)) {
            throw options.usage("--recall \"" + recall + "\" is not a share, 0.5 to 0.999");
        }
        return recall;
    }

    private int positive(String value) {
        try {
            int number = Integer.parseInt(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The same message as for a number that is not positive.
        }
        throw options.usage("--nprobe \"" + value + "\" is neither a positive number nor all nor auto");
    }

    private void warn(Coverage coverage) {
        if (coverage.share() < 1) {
            terminal.err()
                    .println("voronode: only " + coverage.cellsScanned() + " of " + coverage.cellsWanted()
                            + " cells were scanned: " + String.join("; ", coverage.reasons()));
        }
    }

    private void print(Explanation explanation) {
        terminal.out().println();
        ExplanationText.lines(explanation).forEach(terminal.out()::println);
    }
}
