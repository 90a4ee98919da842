package io.voronode.cli.client;

import io.voronode.cli.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes, shows, changes and drops collections; the work is in its subcommands. */
@Command(name = "collection", description = "Make, show, change, retrain and drop collections.")
public final class CollectionCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private CollectionCommand() {}

    public static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new CollectionCommand())
                .addSubcommand(new CollectionCreate(terminal))
                .addSubcommand(new CollectionList(terminal))
                .addSubcommand(new CollectionDescribe(terminal))
                .addSubcommand(new CollectionUpdateCommand(terminal))
                .addSubcommand(new CollectionDelete(terminal))
                .addSubcommand(new CollectionRetrain(terminal));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "collection: create, list, describe, update, delete or retrain?");
    }
}
