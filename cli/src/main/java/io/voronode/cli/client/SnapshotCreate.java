package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.cli.progress.Progress;
import io.voronode.client.SnapshotInfo;
import io.voronode.client.VoronodeClient;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Writes a snapshot. */
@Command(
        name = "create",
        description = "Write a snapshot of a collection, which may be read and written meanwhile.",
        footerHeading = "%nExamples:%n",
        footer = "  voronode snapshot create articles articles-monday")
final class SnapshotCreate implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(index = "0", paramLabel = "COLLECTION", description = "The collection.")
    private String collection;

    @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "The name of the snapshot.")
    private String snapshot;

    SnapshotCreate(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            SnapshotInfo made = write(client, client.getCollection(collection).recordCount());
            options.print(terminal, () -> SnapshotList.table(List.of(made)), () -> SnapshotList.json(made));
            return ExitCodes.OK;
        }
    }

    private SnapshotInfo write(VoronodeClient client, long records) {
        try (Progress progress = Progress.on(terminal, "writing", "records", 0, records)) {
            return client.createSnapshot(collection, snapshot, (step, done, total) -> progress.reached(done));
        }
    }
}
