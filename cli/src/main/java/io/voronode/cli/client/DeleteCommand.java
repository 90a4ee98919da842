package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.client.VoronodeClient;
import io.voronode.client.Wait;
import io.voronode.client.WriteReport;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Deletes records by key. */
@Command(
        name = "delete",
        description = "Delete records by key. A key without a record is no error.",
        footerHeading = "%nExamples:%n",
        footer = "  voronode delete articles a1 a2")
public final class DeleteCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(index = "0", paramLabel = "COLLECTION", description = "The collection.")
    private String collection;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "KEY", description = "The records' keys.")
    private List<String> keys;

    public DeleteCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            WriteReport report = client.delete(collection, keys, Wait.INDEXED);
            options.print(
                    terminal,
                    () -> RecordTables.deletes(report.results()),
                    () -> Json.array(report.results(), Json::write));
            report.failures()
                    .forEach(failure ->
                            terminal.err().println("voronode: key \"" + failure.key() + "\": " + failure.message()));
            return report.ok() ? ExitCodes.OK : ExitCodes.FAILURE;
        }
    }
}
