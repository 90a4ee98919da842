package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.cli.progress.Progress;
import io.voronode.cli.table.Column;
import io.voronode.cli.table.Figures;
import io.voronode.cli.table.Table;
import io.voronode.client.VerifyDifference;
import io.voronode.client.VerifyListener;
import io.voronode.client.VerifyOptions;
import io.voronode.client.VerifyReport;
import io.voronode.client.VoronodeClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares all copies of a collection and, where asked to, mends the index. */
@Command(
        name = "verify",
        description = {
            "Prove that all copies of a collection say the same: the replicas of each partition with each other, the replicas of each shard of the"
                    + " index with the rows. Reads and writes go on meanwhile.",
            "Exits with 0 if they do, else with 1."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  voronode verify articles", "  voronode verify articles --repair -o json"})
public final class VerifyCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(paramLabel = "COLLECTION", description = "The collection.")
    private String collection;

    @Option(
            names = "--repair",
            description =
                    "Build replicas of shards that differ from the rows anew, one after the other, and compare once more.")
    private boolean repair;

    @Option(
            names = "--max-differences",
            paramLabel = "N",
            defaultValue = "100",
            description = "Differences to print; all are counted (default: ${DEFAULT-VALUE}).")
    private int maxDifferences;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "20000",
            description = "Records compared a second, at most (default: ${DEFAULT-VALUE}).")
    private int rate;

    public VerifyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        VerifyOptions wanted = new VerifyOptions(
                repair,
                options.within("--max-differences", maxDifferences, 1, VerifyOptions.MAX_DIFFERENCES),
                options.within("--rate", rate, 1, Integer.MAX_VALUE));
        try (VoronodeClient client = options.connect()) {
            Verified verified = verify(client, wanted);
            if (options.json()) {
                terminal.out().println(Json.pretty(Json.verification(verified.report(), verified.differences())));
            } else {
                print(verified.report(), verified.differences());
            }
            return verified.report().clean() ? ExitCodes.OK : ExitCodes.FAILURE;
        }
    }

    private record Verified(VerifyReport report, List<VerifyDifference> differences) {}

    private Verified verify(VoronodeClient client, VerifyOptions wanted) {
        try (Progress progress = Progress.on(terminal, "comparing", "records", 0, -1)) {
            Watcher watcher = new Watcher(progress);
            VerifyReport report = client.verifyCollection(collection, wanted, watcher);
            return new Verified(report, watcher.ofLastRound());
        }
    }

    private void print(VerifyReport report, List<VerifyDifference> differences) {
        if (!differences.isEmpty()) {
            table(differences).render(terminal.width(), terminal.colours()).forEach(terminal.out()::println);
        }
        if (report.differences() > differences.size()) {
            terminal.out().println("… and " + (report.differences() - differences.size()) + " more");
        }
        terminal.out()
                .println(Figures.counted(report.compared(), "record") + " compared in "
                        + Figures.counted(report.partitionReplicas(), "partition replica") + " and "
                        + Figures.counted(report.shardReplicas(), "shard replica") + ": "
                        + Figures.counted(report.differences(), "difference")
                        + (report.unsettled() == 0
                                ? ""
                                : ", " + report.unsettled() + " written too often to be compared")
                        + (report.repaired() == 0
                                ? ""
                                : ", after " + Figures.counted(report.repaired(), "shard replica") + " built anew"));
    }

    private static Table table(List<VerifyDifference> differences) {
        Table table = new Table(List.of(
                Column.word("KIND"),
                Column.text("KEY", 1),
                Column.word("REPLICA"),
                Column.word("NODE"),
                Column.text("EXPECTED", 3),
                Column.text("FOUND", 3)));
        differences.forEach(difference -> table.row(
                kind(difference),
                difference.key(),
                replica(difference),
                difference.node(),
                difference.expected(),
                difference.found()));
        return table;
    }

    private static String kind(VerifyDifference difference) {
        return difference.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String replica(VerifyDifference difference) {
        return difference.partition().isPresent()
                ? "partition " + difference.partition().getAsInt()
                : "shard " + difference.generation().orElse(0) + "/"
                        + difference.shard().orElse(0);
    }

    /** Keeps what is told of the round that runs. A thread of the client calls it, and has ended before it is read. */
    private static final class Watcher implements VerifyListener {
        private final Progress progress;
        private final List<VerifyDifference> differences = new ArrayList<>();
        private int round = 1;

        Watcher(Progress progress) {
            this.progress = progress;
        }

        @Override
        public synchronized void progress(int now, long compared, long total) {
            startRound(now);
            progress.reached(compared);
        }

        @Override
        public synchronized void difference(VerifyDifference difference) {
            differences.add(difference);
        }

        @Override
        public synchronized void repairing(int generation, int shard, String node, boolean done) {
            startRound(2);
            progress.note(
                    "shard " + generation + "/" + shard + " on " + node + (done ? " serves again" : " is built anew"));
        }

        private void startRound(int now) {
            if (now > round) {
                round = now;
                differences.forEach(difference -> progress.note(replica(difference) + " on " + difference.node() + ": "
                        + kind(difference) + ", key \"" + difference.key() + "\""));
                differences.clear();
            }
        }

        synchronized List<VerifyDifference> ofLastRound() {
            return List.copyOf(differences);
        }
    }
}
