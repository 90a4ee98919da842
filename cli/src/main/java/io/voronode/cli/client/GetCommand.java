package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.client.Consistency;
import io.voronode.client.ReadOptions;
import io.voronode.client.StoredRecord;
import io.voronode.client.VoronodeClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads records by key. */
@Command(
        name = "get",
        description = "Read records by key. Exits 1 where a key has no record.",
        footerHeading = "%nExamples:%n",
        footer = {"  voronode get articles a1 a2", "  voronode get articles a1 --with-vector -o json"})
public final class GetCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(index = "0", paramLabel = "COLLECTION", description = "The collection.")
    private String collection;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "KEY", description = "The records' keys.")
    private List<String> keys;

    @Option(names = "--with-vector", description = "Show vectors.")
    private boolean withVector;

    @Option(
            names = "--consistency",
            paramLabel = "LEVEL",
            defaultValue = "strong",
            description = "strong or eventual (default: ${DEFAULT-VALUE}).")
    private Consistency consistency;

    public GetCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            Map<String, StoredRecord> found =
                    client.get(collection, keys, new ReadOptions(withVector, true, consistency));
            if (options.json() || !found.isEmpty()) {
                print(found);
            }
            List<String> missing =
                    keys.stream().filter(key -> !found.containsKey(key)).toList();
            missing.forEach(key ->
                    terminal.err().println("voronode: no record \"" + key + "\" in collection \"" + collection + "\""));
            return missing.isEmpty() ? ExitCodes.OK : ExitCodes.FAILURE;
        }
    }

    private void print(Map<String, StoredRecord> found) {
        options.print(
                terminal,
                () -> RecordTables.records(List.copyOf(found.values()), withVector),
                () -> Json.array(found.values(), Json::record));
    }
}
