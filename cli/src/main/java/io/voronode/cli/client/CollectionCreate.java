package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.client.CollectionConfig;
import io.voronode.client.CollectionInfo;
import io.voronode.client.IndexKind;
import io.voronode.client.Metric;
import io.voronode.client.VoronodeClient;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a collection. */
@Command(
        name = "create",
        description = "Make a collection.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  voronode collection create articles --dimension 768 --metric dot",
            "  voronode collection create notes --model all-minilm-l6-v2-q"
        })
final class CollectionCreate implements Callable<Integer> {
    /** The first command that a script gives to a server that it has just started. */
    private static final Duration RETRY = Duration.ofSeconds(10);

    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(paramLabel = "NAME", description = "Lower case letters, digits, _ and -; at most 63.")
    private String name;

    @Option(
            names = "--dimension",
            paramLabel = "N",
            description = "Values per vector, 1 to 4096; not needed with --model.")
    private @Nullable Integer dimension;

    @Option(
            names = "--metric",
            defaultValue = "cosine",
            description = "cosine, euclidean, dot or manhattan (default: ${DEFAULT-VALUE}).")
    private Metric metric;

    @Option(
            names = "--model",
            defaultValue = "",
            description = "The embedding model that turns text into vectors, such as all-minilm-l6-v2-q.")
    private String model;

    @Option(
            names = "--index-kind",
            paramLabel = "KIND",
            converter = IndexKindOption.class,
            description = IndexKindOption.DESCRIPTION + " (default: chosen by the server).")
    private IndexKind indexKind = IndexKind.DEFAULT;

    @Option(
            names = "--train-at",
            paramLabel = "RECORDS",
            description = "Records at which cells are first trained (default: chosen by the server).")
    private long trainAt;

    @Option(names = "--shards", paramLabel = "N", description = "Shards of the index (default: chosen by the server).")
    private int shards;

    @Option(names = "--replication", paramLabel = "N", description = "Least copies of each record: 1, 3 or 5.")
    private int replication;

    @Option(names = "--index-replicas", paramLabel = "N", description = "Copies of each shard of the index.")
    private int indexReplicas;

    CollectionCreate(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (dimension == null && model.isEmpty()) {
            throw options.usage("give --dimension or --model");
        }
        CollectionConfig config = CollectionConfig.builder(name)
                .dimension(notNegative("--dimension", dimension == null ? 0 : dimension))
                .metric(metric)
                .model(model)
                .indexKind(indexKind)
                .trainAt(notNegative("--train-at", trainAt))
                .shards(notNegative("--shards", shards))
                .replication(notNegative("--replication", replication))
                .indexReplicas(notNegative("--index-replicas", indexReplicas))
                .build();
        try (VoronodeClient client = options.connect(RETRY)) {
            CollectionInfo made = client.createCollection(config);
            options.print(terminal, () -> CollectionTables.describe(made), () -> Json.collection(made));
            return ExitCodes.OK;
        }
    }

    private int notNegative(String option, int value) {
        notNegative(option, (long) value);
        return value;
    }

    private long notNegative(String option, long value) {
        if (value < 0) {
            throw options.usage(option + " " + value + " is negative");
        }
        return value;
    }
}
