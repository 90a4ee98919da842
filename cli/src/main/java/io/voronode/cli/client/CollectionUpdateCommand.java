package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.client.CollectionInfo;
import io.voronode.client.CollectionUpdate;
import io.voronode.client.IndexKind;
import io.voronode.client.VoronodeClient;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes a collection while it is in use. */
@Command(
        name = "update",
        description =
                "Change a collection while it is in use. Another kind of index is built beside the one that serves.",
        footerHeading = "%nExamples:%n",
        footer = "  voronode collection update articles --index-kind ivf-flat")
final class CollectionUpdateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(paramLabel = "COLLECTION", description = "The collection.")
    private String name;

    @Option(
            names = "--index-kind",
            paramLabel = "KIND",
            converter = IndexKindOption.class,
            description = IndexKindOption.DESCRIPTION + ".")
    private @Nullable IndexKind indexKind;

    @Option(names = "--train-at", paramLabel = "RECORDS", description = "Records at which cells are first trained.")
    private @Nullable Long trainAt;

    @Option(names = "--shards", paramLabel = "N", description = "Shards of the next generation.")
    private @Nullable Integer shards;

    CollectionUpdateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CollectionUpdate update = new CollectionUpdate(trainAt, shards, indexKind);
        if (update.equals(CollectionUpdate.NONE)) {
            throw options.usage("nothing to change: give --index-kind, --train-at or --shards");
        }
        try (VoronodeClient client = options.connect()) {
            CollectionInfo updated = client.updateCollection(name, update);
            options.print(terminal, () -> CollectionTables.describe(updated), () -> Json.collection(updated));
            return ExitCodes.OK;
        }
    }
}
