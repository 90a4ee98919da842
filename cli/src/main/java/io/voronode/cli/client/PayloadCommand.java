package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.client.PayloadUpdate;
import io.voronode.client.VoronodeClient;
import io.voronode.client.WriteCondition;
import io.voronode.client.WriteResult;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes the payload of one record. */
@Command(
        name = "payload",
        description =
                "Change the payload of a record; its vector and its document stay. The given members are added or take the"
                        + " place of those of the same name, null removes (a JSON merge patch). Exits 1 where there is no record.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  voronode payload articles a1 '{\"lang\": \"en\", \"draft\": null}'",
            "  voronode payload articles a1 '{\"lang\": \"en\"}' --replace",
            "  voronode payload articles a1 '{\"seen\": 8}' --if-version 42"
        })
public final class PayloadCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(index = "0", paramLabel = "COLLECTION", description = "The collection.")
    private String collection;

    @Parameters(index = "1", paramLabel = "KEY", description = "The record's key.")
    private String key;

    @Parameters(index = "2", paramLabel = "JSON", description = "A JSON object.")
    private String json;

    @Option(names = "--replace", description = "Put the object in place of the payload that is there.")
    private boolean replace;

    @Option(
            names = "--if-version",
            paramLabel = "VERSION",
            description = "Change it only where the record has this version, as get shows it.")
    private @Nullable Long ifVersion;

    public PayloadCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        PayloadUpdate update = replace ? PayloadUpdate.replace(key, json) : PayloadUpdate.merge(key, json);
        if (ifVersion != null) {
            update = update.with(WriteCondition.version(options.version("--if-version", ifVersion)));
        }
        try (VoronodeClient client = options.connect()) {
            WriteResult result = client.updatePayload(collection, update);
            if (!result.ok()) {
                terminal.err().println("voronode: key \"" + key + "\": " + result.message());
                return ExitCodes.FAILURE;
            }
            options.print(terminal, () -> RecordTables.written(result), () -> Json.write(result));
            return ExitCodes.OK;
        }
    }
}
