package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.client.VoronodeClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Drops a collection. */
@Command(name = "delete", description = "Drop a collection with all its records.")
final class CollectionDelete implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(paramLabel = "COLLECTION", description = "The collection.")
    private String name;

    CollectionDelete(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            client.deleteCollection(name);
            terminal.err().println("collection " + name + " is dropped");
            return ExitCodes.OK;
        }
    }
}
