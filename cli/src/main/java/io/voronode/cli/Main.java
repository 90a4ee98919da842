package io.voronode.cli;

import io.voronode.cli.client.ClusterCommand;
import io.voronode.cli.client.CollectionCommand;
import io.voronode.cli.client.CountCommand;
import io.voronode.cli.client.DeleteCommand;
import io.voronode.cli.client.GetCommand;
import io.voronode.cli.client.LoadCommand;
import io.voronode.cli.client.NodeCommand;
import io.voronode.cli.client.PayloadCommand;
import io.voronode.cli.client.RebalanceCommand;
import io.voronode.cli.client.RecoverCommand;
import io.voronode.cli.client.SearchCommand;
import io.voronode.cli.client.SnapshotCommand;
import io.voronode.cli.client.VerifyCommand;
import io.voronode.cli.client.WhyNotCommand;
import io.voronode.cli.demo.DemoCommand;
import io.voronode.cli.dev.DevCommand;
import io.voronode.cli.server.CoordinatorCommand;
import io.voronode.cli.server.ServerSettings;
import io.voronode.cli.server.ShardNodeCommand;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** Starts the command line: everything is wired here, by hand. */
public final class Main {
    /** Held, so that the level that was set is not garbage collected with its logger. */
    private static final Logger LIBRARIES = Logger.getLogger("");

    private static final List<String> SERVERS = List.of("coordinator", "shard-node");

    private Main() {}

    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        LIBRARIES.setLevel(Level.SEVERE);
        Terminal terminal = Terminal.ofProcess();
        int exitCode = ExitCodes.FAILURE;
        try {
            exitCode = run(terminal, args);
        } catch (Error e) {
            // Servers that were started hold the process up: without an exit it would hang instead of telling.
            terminal.err().println("voronode: an error inside Voronode: " + e);
            e.printStackTrace(terminal.err());
            terminal.flush();
        }
        System.exit(exitCode);
    }

    /** Runs one command and answers its exit code; see {@link ExitCodes}. */
    static int run(Terminal terminal, String... args) {
        int exitCode = commandLine(terminal, args).execute(args);
        terminal.flush();
        return exitCode;
    }

    /** The commands, for these arguments: servers look for their settings file in them. */
    static CommandLine commandLine(Terminal terminal, String... args) {
        VoronodeCommand root = new VoronodeCommand();
        CommandLine commandLine = new CommandLine(root)
                .addSubcommand(new DevCommand(terminal))
                .addSubcommand(new DemoCommand(terminal))
                .addSubcommand(new CoordinatorCommand(terminal))
                .addSubcommand(new ShardNodeCommand(terminal))
                .addSubcommand(CollectionCommand.commandLine(terminal))
                .addSubcommand(new LoadCommand(terminal))
                .addSubcommand(new SearchCommand(terminal))
                .addSubcommand(new WhyNotCommand(terminal))
                .addSubcommand(new GetCommand(terminal))
                .addSubcommand(new PayloadCommand(terminal))
                .addSubcommand(new DeleteCommand(terminal))
                .addSubcommand(new CountCommand(terminal))
                .addSubcommand(new ClusterCommand(terminal))
                .addSubcommand(NodeCommand.commandLine(terminal))
                .addSubcommand(new RebalanceCommand(terminal))
                .addSubcommand(new VerifyCommand(terminal))
                .addSubcommand(new RecoverCommand(terminal))
                .addSubcommand(SnapshotCommand.commandLine(terminal));
        commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setDefaultValueProvider(new EnvironmentDefaults(terminal.environment()))
                .setOut(terminal.out())
                .setErr(terminal.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(Math.clamp(terminal.width(), 60, 120))
                .setParameterExceptionHandler(new UsageErrors())
                .setExecutionExceptionHandler(new Failures(root));
        ServerSettings settings = ServerSettings.of(terminal.environment(), args);
        SERVERS.forEach(
                name -> Objects.requireNonNull(commandLine.getSubcommands().get(name), name)
                        .setDefaultValueProvider(settings));
        return commandLine;
    }
}
