package io.voronode.cli.client;

import io.voronode.cli.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes, shows, restores and deletes snapshots; the work is in its subcommands. */
@Command(
        name = "snapshot",
        description =
                "Make, list, restore and delete snapshots of collections, in the folder of the coordinator that is asked.")
public final class SnapshotCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private SnapshotCommand() {}

    public static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new SnapshotCommand())
                .addSubcommand(new SnapshotCreate(terminal))
                .addSubcommand(new SnapshotList(terminal))
                .addSubcommand(new SnapshotRestore(terminal))
                .addSubcommand(new SnapshotDelete(terminal));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "snapshot: create, list, restore or delete?");
    }
}
