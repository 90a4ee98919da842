package io.voronode.cli.client;

import io.voronode.cli.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Empties, fills and retires nodes; the work is in its subcommands. */
@Command(name = "node", description = "Drain, undrain and remove shard nodes.")
public final class NodeCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private NodeCommand() {}

    public static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new NodeCommand())
                .addSubcommand(new NodeDrain(terminal))
                .addSubcommand(new NodeUndrain(terminal))
                .addSubcommand(new NodeRemove(terminal));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "node: drain, undrain or remove?");
    }
}
