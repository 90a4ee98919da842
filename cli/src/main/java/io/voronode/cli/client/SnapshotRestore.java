package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.cli.progress.Progress;
import io.voronode.cli.table.Figures;
import io.voronode.client.CollectionInfo;
import io.voronode.client.SnapshotListener;
import io.voronode.client.VoronodeClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a collection of a snapshot. */
@Command(
        name = "restore",
        description = {
            "Make a collection of a snapshot, on any number of nodes and partitions.",
            "Its files are compared with their checksums first. The collection is seen when it is whole; a restore that is broken off leaves"
                    + " nothing behind."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  voronode snapshot restore articles-monday",
            "  voronode snapshot restore articles-monday --collection articles-again"
        })
final class SnapshotRestore implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(paramLabel = "SNAPSHOT", description = "The snapshot.")
    private String snapshot;

    @Option(
            names = "--collection",
            paramLabel = "NAME",
            defaultValue = "",
            description = "The name of the new collection (default: that of the collection it was made of).")
    private String collection;

    SnapshotRestore(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            CollectionInfo restored = restore(client);
            if (options.json()) {
                terminal.out().println(Json.pretty(Json.collection(restored)));
            } else {
                terminal.out()
                        .println(Figures.counted(restored.recordCount(), "record") + " restored into "
                                + restored.config().name());
            }
            return ExitCodes.OK;
        }
    }

    private CollectionInfo restore(VoronodeClient client) {
        try (Steps steps = new Steps()) {
            return client.restoreSnapshot(snapshot, collection, steps);
        }
    }

    /** One bar for each step. A thread of the client calls it, and has ended before it is closed. */
    private final class Steps implements SnapshotListener, AutoCloseable {
        private String step = "";
        private Progress progress = NOTHING;

        @Override
        public synchronized void progress(String now, long done, long total) {
            if (!now.equals(step)) {
                progress.close();
                step = now;
                progress = Progress.on(terminal, now, now.equals("checking") ? "bytes" : "records", 0, total);
            }
            progress.reached(done);
        }

        @Override
        public synchronized void close() {
            progress.close();
        }
    }

    private static final Progress NOTHING = new Progress() {
        @Override
        public void reached(long done) {}

        @Override
        public void note(String line) {}

        @Override
        public void close() {}
    };
}
