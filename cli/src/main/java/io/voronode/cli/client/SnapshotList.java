package io.voronode.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.cli.table.Column;
import io.voronode.cli.table.Figures;
import io.voronode.cli.table.Table;
import io.voronode.client.SnapshotInfo;
import io.voronode.client.VoronodeClient;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the snapshots of a coordinator. */
@Command(name = "list", description = "List the snapshots of the coordinator that is asked.")
final class SnapshotList implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    SnapshotList(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            List<SnapshotInfo> snapshots = client.listSnapshots();
            options.print(terminal, () -> table(snapshots), () -> Json.array(snapshots, SnapshotList::json));
            return ExitCodes.OK;
        }
    }

    static Table table(List<SnapshotInfo> snapshots) {
        Table table = new Table(List.of(
                Column.word("SNAPSHOT"),
                Column.word("COLLECTION"),
                Column.number("RECORDS"),
                Column.number("SIZE"),
                Column.word("CREATED"),
                Column.text("PROBLEM", 4)));
        snapshots.forEach(snapshot -> {
            if (snapshot.problem().isEmpty()) {
                table.row(
                        snapshot.name(),
                        snapshot.collection(),
                        Figures.count(snapshot.records()),
                        Figures.bytes(snapshot.bytes()),
                        snapshot.createTime().truncatedTo(ChronoUnit.SECONDS),
                        "");
            } else {
                table.row(snapshot.name(), "?", "?", "?", "?", snapshot.problem());
            }
        });
        return table;
    }

    static ObjectNode json(SnapshotInfo snapshot) {
        ObjectNode node = Json.object().put("name", snapshot.name());
        if (!snapshot.problem().isEmpty()) {
            return node.put("problem", snapshot.problem());
        }
        return node.put("collection", snapshot.collection())
                .put("createTime", snapshot.createTime().toString())
                .put("records", snapshot.records())
                .put("bytes", snapshot.bytes());
    }
}
