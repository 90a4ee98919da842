package io.voronode.cli.client;

import io.voronode.cli.ExitCodes;
import io.voronode.cli.Terminal;
import io.voronode.client.VoronodeClient;
import io.voronode.client.WhyNot;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tells why a search does not find a record. */
@Command(
        name = "why-not",
        description = "Tell why a search does not find a record.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  voronode why-not notes n17 \"how to descale a kettle\"",
            "  voronode why-not articles a1 --vector 0.1,0.2,0.9 -k 20 --recall 0.9"
        })
public final class WhyNotCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ClientOptions options;

    @Parameters(index = "0", paramLabel = "COLLECTION", description = "The collection.")
    private String collection;

    @Parameters(index = "1", paramLabel = "KEY", description = "Of the record that was expected.")
    private String key;

    @Parameters(index = "2", arity = "0..1", paramLabel = "TEXT", description = "Embedded by the collection's model.")
    private @Nullable String text;

    @Mixin
    private QueryOptions queries;

    public WhyNotCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (VoronodeClient client = options.connect()) {
            WhyNot answer = client.whyNot(
                    collection,
                    key,
                    queries.query(options, text),
                    queries.search(options).build());
            if (options.json()) {
                terminal.out().println(Json.pretty(Json.whyNot(answer)));
            } else {
                WhyNotText.lines(key, answer).forEach(terminal.out()::println);
            }
            return ExitCodes.OK;
        }
    }
}
