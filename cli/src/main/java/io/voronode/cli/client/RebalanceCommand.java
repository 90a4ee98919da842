package io.voronode.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voronode.cli.ExitCodes;
import io.voronode.cli.SizeConverter;
import io.voronode.cli.Terminal;
import io.voronode.cli.table.Column;
import io.voronode.cli.table.Figures;
import io.voronode.cli.table.Table;
import io.voronode.client.RebalanceMode;
import io.voronode.client.Rebalancing;
import io.voronode.client.VoronodeClient;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows which replicas are to move, and says whether and how fast they do. */
@Command(
        name = "rebalance",
        description = {
            "Replicas move by themselves: to nodes that are new, from nodes that are drained or stay away. This lets them do so again after a pause, and"
                    + " shows which moves are to come.",
            "What is missing, or was lost, is made anew in any mode."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  voronode rebalance --dry-run",
            "  voronode rebalance --pause",
            "  voronode rebalance --scan-rate 50MiB"
        })
public final class RebalanceCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @ArgGroup
    private @Nullable Mode mode;

    @Option(
            names = "--scan-rate",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description =
                    "Bytes of rows a second that each node reads for shard replicas that are built elsewhere: 0, which is any number, or at"
                            + " least 4MiB.")
    private @Nullable Long scanRate;

    /** At most one of them. */
    private static final class Mode {
        @Option(names = "--dry-run", description = "Only show the moves; change nothing.")
        private boolean dryRun;

        @Option(names = "--pause", description = "Let what moves go on to its end, and begin nothing more.")
        private boolean pause;

        @Option(names = "--abort", description = "Give up what moves, where it can be, and begin nothing more.")
        private boolean abort;

        RebalanceMode wanted() {
            return pause ? RebalanceMode.PAUSED : abort ? RebalanceMode.ABORTED : RebalanceMode.RUNNING;
        }
    }

    public RebalanceCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Mode given = mode;
        boolean dryRun = given != null && given.dryRun;
        if (dryRun && scanRate != null) {
            throw options.usage("--scan-rate changes something, --dry-run does not");
        }
        try (VoronodeClient client = options.connect()) {
            if (scanRate != null) {
                client.limitScans(scanRate);
            }
            Rebalancing now = dryRun || (given == null && scanRate != null)
                    ? client.describeRebalancing()
                    : client.rebalance(given == null ? RebalanceMode.RUNNING : given.wanted());
            print(now);
            return ExitCodes.OK;
        }
    }

    private void print(Rebalancing now) {
        if (!options.json()) {
            terminal.err()
                    .println("replicas move: " + text(now) + "; "
                            + (now.moves().isEmpty()
                                    ? "nothing is to move"
                                    : now.moves().size() + " are to move"));
        }
        options.print(terminal, () -> table(now), () -> json(now));
    }

    private static String text(Rebalancing now) {
        return now.mode().name().toLowerCase(Locale.ROOT)
                + (now.scanBytesPerSecond() == 0
                        ? ""
                        : ", scans at " + Figures.bytes(now.scanBytesPerSecond()) + "/s a node");
    }

    private static Table table(Rebalancing now) {
        Table table = new Table(
                List.of(Column.word("REPLICA OF"), Column.word("FROM"), Column.word("TO"), Column.number("ABOUT")));
        now.moves()
                .forEach(move -> table.row(
                        move.group(),
                        move.from().isEmpty() ? "-" : move.from(),
                        move.to(),
                        Figures.bytes(move.bytes())));
        return table;
    }

    private static ObjectNode json(Rebalancing now) {
        ObjectNode node = Json.object()
                .put("mode", now.mode().name().toLowerCase(Locale.ROOT))
                .put("scanBytesPerSecond", now.scanBytesPerSecond());
        node.set(
                "moves",
                Json.array(
                        now.moves(),
                        move -> Json.object()
                                .put("group", move.group())
                                .put("from", move.from())
                                .put("to", move.to())
                                .put("bytes", move.bytes())));
        return node;
    }
}
