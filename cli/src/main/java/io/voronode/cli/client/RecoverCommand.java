package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.cli.table.Column;
import io.voronode.cli.table.Figures;
import io.voronode.cli.table.Table;
import io.voronode.client.RecoveryReport;
import io.voronode.client.VoronodeClient;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the cluster tree anew from what the nodes hold, or brings an older one forward. */
@Command(
        name = "recover",
        description = {
            "Make the cluster tree in ZooKeeper anew from what the nodes hold, after it was lost, or bring one forward that was restored from a backup."
                    + " Records are not changed. Where anything is missing or contradicts, nothing is written and all of that is named.",
            "It may be repeated, also where it broke off."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  voronode recover --dry-run", "  voronode recover"})
public final class RecoverCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Option(names = "--dry-run", description = "Only print what would be written.")
    private boolean dryRun;

    public RecoverCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            RecoveryReport report = client.recoverCluster(dryRun);
            if (options.json()) {
                terminal.out().println(Json.pretty(Json.recovery(report)));
            } else {
                print(report);
            }
            return ExitCodes.OK;
        }
    }

    private void print(RecoveryReport report) {
        if (!report.changes().isEmpty()) {
            Table table = new Table(List.of(Column.word("CHANGE"), Column.text("ZNODE", 1)));
            report.changes().forEach(change -> table.row(change.kind().name().toLowerCase(Locale.ROOT), change.path()));
            table.render(terminal.width(), terminal.colours()).forEach(terminal.out()::println);
        }
        report.notes().forEach(note -> terminal.out().println("note: " + note));
        terminal.out()
                .println("cluster " + report.clusterUuid() + ", "
                        + Figures.counted(report.partitionCount(), "partition") + ": " + outcome(report));
    }

    private static String outcome(RecoveryReport report) {
        if (report.changes().isEmpty()) {
            return "the cluster tree agrees with what the nodes hold";
        }
        String changes = Figures.counted(report.changes().size(), "znode");
        return report.applied() ? changes + " written" : changes + " would be written";
    }
}
