package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.client.Coverage;
import io.voronode.client.Explanation;
import io.voronode.client.Query;
import io.voronode.client.SearchOptions;
import io.voronode.client.SearchResult;
import io.voronode.client.VoronodeClient;
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

    @Mixin
    private QueryOptions queries;

    @Option(names = "--with-payload", description = "Show payloads.")
    private boolean withPayload;

    @Option(names = "--with-document", description = "Show documents.")
    private boolean withDocument;

    @Option(names = "--with-vector", description = "Show vectors.")
    private boolean withVector;

    @Option(names = "--explain", description = "Show how the answer came to be.")
    private boolean explain;

    public SearchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        SearchOptions search = queries.search(options)
                .withPayload(withPayload)
                .withDocument(withDocument)
                .withVector(withVector)
                .explain(explain)
                .build();
        return run(queries.query(options, text), search);
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
