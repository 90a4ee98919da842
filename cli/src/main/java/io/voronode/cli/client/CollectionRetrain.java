package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.cli.table.Column;
import io.voronode.cli.table.Table;
import io.voronode.client.VoronodeClient;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Asks for new cells. */
@Command(
        name = "retrain",
        description = "Train new cells on the records as they are now; they serve when they are built.",
        footerHeading = "%nExamples:%n",
        footer = "  voronode collection retrain articles && voronode collection describe articles")
final class CollectionRetrain implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(paramLabel = "COLLECTION", description = "The collection.")
    private String name;

    CollectionRetrain(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            int generation = client.retrainCollection(name);
            options.print(
                    terminal,
                    () -> new Table(List.of(Column.word("COLLECTION"), Column.number("GENERATION")))
                            .row(name, generation),
                    () -> Json.object().put("collection", name).put("generation", generation));
            return ExitCodes.OK;
        }
    }
}
