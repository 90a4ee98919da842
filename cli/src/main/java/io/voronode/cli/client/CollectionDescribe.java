package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.client.CollectionInfo;
import io.voronode.client.VoronodeClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows one collection and the state of its index. */
@Command(name = "describe", description = "Show a collection and the state of its index.")
final class CollectionDescribe implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(paramLabel = "COLLECTION", description = "The collection.")
    private String name;

    CollectionDescribe(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            CollectionInfo collection = client.getCollection(name);
            options.print(terminal, () -> CollectionTables.describe(collection), () -> Json.collection(collection));
            return ExitCodes.OK;
        }
    }
}
