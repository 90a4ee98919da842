package io.voronode.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.voronode.cli.DurationConverter;
import io.voronode.cli.Terminal;
import io.voronode.cli.table.Table;
import io.voronode.client.VoronodeClient;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What every client command takes: whom to ask, for how long, and how to print. Filled by picocli, used by one thread. */
final class ClientOptions {
    /** A person who waits for a prompt rather hears of a server that is away. */
    private static final Duration RETRY = Duration.ofSeconds(2);

    /** Where several are named, one may just be starting or gone without a word. */
    private static final Duration RETRY_AMONG_SEVERAL = Duration.ofSeconds(6);

    /** How data is printed. */
    enum Format {
        TABLE,
        JSON
    }

    @Option(
            names = "--server",
            split = ",",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:7700",
            description = "Coordinators to ask; the next one when one fails (default: ${DEFAULT-VALUE}).")
    private List<String> servers;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table or json (default: ${DEFAULT-VALUE}).")
    private Format format;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = DurationConverter.class,
            description = "How long each request may take (default: ${DEFAULT-VALUE}).")
    private Duration timeout;

    @Spec(Target.MIXEE)
    private CommandSpec command;

    VoronodeClient connect() {
        return connect(servers.size() == 1 ? RETRY : RETRY_AMONG_SEVERAL);
    }

    VoronodeClient connect(Duration retryFor) {
        if (!timeout.isPositive()) {
            throw usage("--timeout " + timeout.toMillis() + "ms: no request can be answered in no time");
        }
        try {
            VoronodeClient.Builder builder =
                    VoronodeClient.builder().deadline(timeout).retryFor(retryFor);
            servers.forEach(builder::address);
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()), e);
        }
    }

    /** Checks a version that an option gives. */
    long version(String option, long version) {
        if (version <= 0) {
            throw usage(option + " " + version + " is not the version of a record");
        }
        return version;
    }

    int within(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw usage(option + " " + value + " is not within " + least + " to " + most);
        }
        return value;
    }

    ParameterException usage(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    private ParameterException usage(String message, Throwable cause) {
        return new ParameterException(command.commandLine(), message, cause);
    }

    boolean json() {
        return format == Format.JSON;
    }

    /** Prints data in the wanted form. */
    void print(Terminal terminal, Supplier<Table> table, Supplier<JsonNode> json) {
        if (json()) {
            terminal.out().println(Json.pretty(json.get()));
        } else {
            table.get().render(terminal.width(), terminal.colours()).forEach(terminal.out()::println);
        }
    }
}
