package io.voronode.cli.demo;

import io.voronode.cli.CliException;
import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.cli.dev.DevOptions;
import io.voronode.cli.dev.DevServer;
import io.voronode.cli.process.ServerGuard;
import io.voronode.cli.table.Figures;
import io.voronode.client.VoronodeClient;
import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a server, loads real text, searches it by meaning, and on a terminal asks for more. */
@Command(
        name = "demo",
        description = {
            "Run Voronode in this process, load the glosses of WordNet, and search them by meaning.",
            "On a terminal it then prompts for more searches; otherwise it ends."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  voronode demo                  the 20 000 most used meanings, in a temporary folder",
            "  voronode demo --data ./demo    keep them: the next start serves at once",
            "  voronode demo --all            all 117 791 meanings"
        })
public final class DemoCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private DevOptions options;

    @Option(names = "--all", description = "Load all 117 791 meanings of WordNet, not only the 20 000 most used.")
    private boolean all;

    @Option(
            names = "--check",
            description = "Exit 1 unless three searches find what they should among their first ten.")
    private boolean check;

    public DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        long start = System.nanoTime();
        try (DevServer server = DevServer.start(options.config(), true)) {
            ServerGuard.closeAtExit(server, terminal);
            say("Voronode serves at " + server.address() + ", data in " + server.folder() + " (started in "
                    + Figures.time(since(start)) + ")");
            try (VoronodeClient client = VoronodeClient.connect(server.address())) {
                return tour(client, server, start);
            } catch (VoronodeException e) {
                // Ctrl-C closes the server under the tour.
                throw server.closed() ? new CliException("the demo was told to stop before its end", e) : e;
            }
        }
    }

    private int tour(VoronodeClient client, DevServer server, long start) throws IOException, InterruptedException {
        new WordNetLoader(client, terminal, new LoadMark(server.folder())).load(all);
        DemoSearch search = new DemoSearch(client, terminal);
        DemoQueries.EXAMPLES.forEach(search::show);
        say("all of this took " + Figures.time(since(start)));
        if (check) {
            return new DemoCheck(search, terminal).passes() ? ExitCodes.OK : ExitCodes.FAILURE;
        }
        if (terminal.interactive()) {
            Prompt.run(terminal, server.address(), search);
        }
        return ExitCodes.OK;
    }

    private void say(String line) {
        terminal.err().println(line);
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
