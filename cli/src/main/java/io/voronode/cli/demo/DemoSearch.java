package io.voronode.cli.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.voronode.cli.Terminal;
import io.voronode.cli.table.Column;
import io.voronode.cli.table.Figures;
import io.voronode.cli.table.Table;
import io.voronode.client.Hit;
import io.voronode.client.Query;
import io.voronode.client.SearchOptions;
import io.voronode.client.SearchResult;
import io.voronode.client.VoronodeClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Searches the glosses and shows what is found. Used by one thread. */
final class DemoSearch {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FOUND = 10;
    private static final int SHOWN = 5;
    private static final int MAX_WIDTH = 120;

    private final VoronodeClient client;
    private final Terminal terminal;

    DemoSearch(VoronodeClient client, Terminal terminal) {
        this.client = client;
        this.terminal = terminal;
    }

    /** Searches and prints the first hits as a table. */
    void show(String text) {
        long start = System.nanoTime();
        SearchResult result = search(text, SHOWN);
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        terminal.out().println();
        terminal.out()
                .println("\"" + text + "\"  (" + Figures.time(time) + ", "
                        + Figures.counted(result.coverage().cellsScanned(), "cell") + ")");
        table(result.hits())
                .render(Math.min(terminal.width(), MAX_WIDTH), terminal.colours())
                .forEach(terminal.out()::println);
    }

    /** The words of those of the first ten hits that are nouns. */
    List<List<String>> nouns(String text) {
        return search(text, FOUND).hits().stream()
                .filter(hit -> payload(hit).path("partOfSpeech").asText().equals("noun"))
                .map(DemoSearch::words)
                .toList();
    }

    private SearchResult search(String text, int k) {
        SearchOptions options =
                SearchOptions.builder(k).withPayload(true).withDocument(true).build();
        return client.search(WordNetLoader.COLLECTION, Query.of(text), options);
    }

    private static Table table(List<Hit> hits) {
        Table table = new Table(List.of(
                Column.number("SCORE"),
                Column.text("WORDS", 2),
                Column.word("PART OF SPEECH"),
                Column.text("GLOSS", 2)));
        for (Hit hit : hits) {
            table.row(
                    String.format(Locale.ROOT, "%.3f", hit.score()),
                    String.join(", ", words(hit)),
                    payload(hit).path("partOfSpeech").asText(),
                    hit.document() == null ? "" : hit.document().asText());
        }
        return table;
    }

    private static List<String> words(Hit hit) {
        List<String> words = new ArrayList<>();
        payload(hit).path("words").forEach(word -> words.add(word.asText()));
        return words;
    }

    private static JsonNode payload(Hit hit) {
        try {
            return JSON.readTree(hit.payload());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("hit " + hit.key() + " has a payload that is no JSON", e);
        }
    }
}
