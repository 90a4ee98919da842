package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.client.VoronodeClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Deletes a snapshot. */
@Command(name = "delete", description = "Delete a snapshot of the coordinator that is asked.")
final class SnapshotDelete implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(paramLabel = "SNAPSHOT", description = "The snapshot.")
    private String snapshot;

    SnapshotDelete(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            client.deleteSnapshot(snapshot);
            terminal.err().println("snapshot " + snapshot + " deleted");
            return ExitCodes.OK;
        }
    }
}
