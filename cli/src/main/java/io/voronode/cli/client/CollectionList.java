package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.client.CollectionInfo;
import io.voronode.client.VoronodeClient;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the collections. */
@Command(name = "list", description = "List the collections.")
final class CollectionList implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    CollectionList(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            List<CollectionInfo> collections = client.listCollections();
            options.print(
                    terminal,
                    () -> CollectionTables.list(collections),
                    () -> Json.array(collections, Json::collection));
            return ExitCodes.OK;
        }
    }
}
