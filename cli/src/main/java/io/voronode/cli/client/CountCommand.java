package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.client.Consistency;
import io.voronode.client.VoronodeClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Counts the live records of a collection. */
@Command(name = "count", description = "Count the records of a collection.")
public final class CountCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(paramLabel = "COLLECTION", description = "The collection.")
    private String collection;

    @Option(
            names = "--consistency",
            paramLabel = "LEVEL",
            defaultValue = "strong",
            description = "strong or eventual (default: ${DEFAULT-VALUE}).")
    private Consistency consistency;

    public CountCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            long count = client.count(collection, consistency);
            terminal.out().println(options.json() ? Json.pretty(Json.object().put("count", count)) : count);
            return ExitCodes.OK;
        }
    }
}
