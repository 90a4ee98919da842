package io.voronode.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.cli.wordnet.Synset;
import io.voronode.cli.wordnet.WordNet;
import io.voronode.client.Query;
import io.voronode.client.SearchOptions;
import io.voronode.client.VoronodeClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo over WordNet, whole: it loads, trains, finds by meaning, and serves again without loading. */
@Tag("slow")
final class DemoTest {
    private static final Duration FIRST_RUN = Duration.ofMinutes(8);
    private static final Duration SECOND_RUN = Duration.ofMinutes(1);
    private static final SearchOptions EXACT =
            SearchOptions.builder(10).nprobe(SearchOptions.ALL_CELLS).build();
    private static final int SYNSETS = 20_000;
    private static final int GLOSSES = 400;

    /** The model alone finds 92 of 100: a gloss of four words, thinned, says too little. The sample strays from that by 1.4 % (one sigma). */
    private static final int FOUND_AT_LEAST = GLOSSES * 85 / 100;

    private static final int LEFT_OUT_BY_INDEX_AT_MOST = GLOSSES * 4 / 100;

    @TempDir
    Path temp;

    @Test
    void findsByMeaningAndServesAgainWithoutLoading() throws Exception {
        Path data = temp.resolve("data");
        Command first =
                Command.run(FIRST_RUN, "demo", "--check", "--data", data.toString(), "--port", "0", "--http-port", "0");
        assertThat(first.exitCode()).as(first.out() + first.err()).isZero();
        assertThat(first.out()).contains("a person who flies airplanes");

        Command second = Command.run(
                SECOND_RUN, "demo", "--check", "--data", data.toString(), "--port", "0", "--http-port", "0");
        assertThat(second.exitCode()).as(second.out() + second.err()).isZero();

        try (DevProcess server = DevProcess.start(data);
                VoronodeClient client = VoronodeClient.connect(server.address())) {
            assertThat(client.count("wordnet")).isEqualTo(SYNSETS);
            assertThat(client.getCollection("wordnet").servingGeneration()).isPositive();
            findsGlossesWithoutEveryThirdWord(client);
        }
    }

    private static void findsGlossesWithoutEveryThirdWord(VoronodeClient client) throws Exception {
        List<Synset> synsets = new ArrayList<>(WordNet.mostFrequent(SYNSETS));
        Collections.shuffle(synsets, new Random(Seeds.next("DemoTest")));
        List<String> missed = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (Synset synset : synsets.subList(0, GLOSSES)) {
            Query thinned = Query.of(withoutEveryThirdWord(synset.definition()));
            if (!finds(client, synset, thinned, SearchOptions.top(10))) {
                missed.add(synset.key());
                if (finds(client, synset, thinned, EXACT)) {
                    leftOut.add(synset.key());
                }
            }
        }
        assertThat(missed).as("glosses not found").hasSizeLessThanOrEqualTo(GLOSSES - FOUND_AT_LEAST);
        assertThat(leftOut)
                .as("glosses that only an exact search finds")
                .hasSizeLessThanOrEqualTo(LEFT_OUT_BY_INDEX_AT_MOST);
    }

    private static boolean finds(VoronodeClient client, Synset synset, Query query, SearchOptions options) {
        return client.search("wordnet", query, options).hits().stream()
                .anyMatch(hit -> hit.key().equals(synset.key()));
    }

    private static String withoutEveryThirdWord(String text) {
        StringJoiner kept = new StringJoiner(" ");
        String[] words = text.split("\\s+", -1);
        for (int i = 0; i < words.length; i++) {
            if (i % 3 != 2) {
                kept.add(words[i]);
            }
        }
        return kept.toString();
    }
}
