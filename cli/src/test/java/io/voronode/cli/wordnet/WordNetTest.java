package io.voronode.cli.wordnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** WordNet 3.1 as its Maven artifact holds it. */
final class WordNetTest {

    private static List<Synset> all;
    private static Map<String, Synset> byKey;

    @BeforeAll
    static void read() {
        all = WordNet.all();
        byKey = all.stream().collect(Collectors.toMap(Synset::key, Function.identity()));
    }

    @Test
    void readsEverySynsetOfEachPartOfSpeech() {
        Map<String, Long> counts = all.stream().collect(Collectors.groupingBy(Synset::pos, Collectors.counting()));

        assertThat(all).hasSize(117_791);
        assertThat(counts).isEqualTo(Map.of("noun", 82_192L, "verb", 13_789L, "adjective", 18_185L, "adverb", 3_625L));
    }

    @Test
    void readsTheFirstNoun() {
        assertThat(synset("noun-00001740"))
                .isEqualTo(new Synset(
                        "noun-00001740",
                        "noun",
                        "noun.Tops",
                        List.of("entity"),
                        "that which is perceived or known or inferred to have its own distinct existence (living or nonliving)",
                        "that which is perceived or known or inferred to have its own distinct existence (living or nonliving)",
                        11));
    }

    @Test
    void cutsTheExamplesOffTheDefinitionAndKeepsThemInTheGloss() {
        Synset breathe = synset("verb-00001740");

        assertThat(breathe.words()).containsExactly("breathe", "take a breath", "respire", "suspire");
        assertThat(breathe.category()).isEqualTo("verb.body");
        assertThat(breathe.definition()).isEqualTo("draw air into, and expel out of, the lungs");
        assertThat(breathe.gloss()).endsWith("; \"The patient is respiring\"");
    }

    @Test
    void satellitesAreAdjectivesAndLoseTheirMarkers() {
        Synset handy = synset("adjective-00019769");

        assertThat(handy.words()).containsExactly("handy", "ready to hand");
        assertThat(handy.category()).isEqualTo("adj.all");
        assertThat(all)
                .noneMatch(synset -> synset.words().stream().anyMatch(word -> word.matches(".*(_|\\([a-z]+\\)$).*")));
    }

    @Test
    void everySynsetHasWordsACategoryAndADefinition() {
        assertThat(all).allSatisfy(synset -> {
            assertThat(synset.words()).isNotEmpty().noneMatch(String::isBlank);
            assertThat(synset.category()).startsWith(synset.pos().substring(0, 3));
            assertThat(synset.definition()).isNotBlank();
            assertThat(synset.gloss()).startsWith(synset.definition());
        });
    }

    @Test
    void aGlossThatIsOnlyAnExampleIsItsOwnDefinition() {
        assertThat(SynsetParser.definition("\"carrot and stick\"")).isEqualTo("\"carrot and stick\"");
    }

    @Test
    void sumsTheTagCountsOverAllWordsAndBothKindsOfAdjectives() {
        assertThat(all.stream().mapToInt(Synset::tagCount).sum()).isEqualTo(248_795);
        assertThat(synset("verb-02610777").tagCount()).as("be").isEqualTo(10_742);
    }

    @Test
    void theMostFrequentAreInDescendingOrderAndTiesGoByOffsetThenPartOfSpeech() {
        List<Synset> frequent = WordNet.mostFrequent(20_000);

        assertThat(frequent.getFirst().words()).startsWith("be");
        assertThat(frequent).hasSize(20_000).doesNotHaveDuplicates().isEqualTo(WordNet.mostFrequent(20_000));
        assertThat(frequent)
                .isSortedAccordingTo(Comparator.comparingInt((Synset synset) -> -synset.tagCount())
                        .thenComparingInt(
                                synset -> Integer.parseInt(synset.key().replaceAll("\\D", "")))
                        .thenComparing(Synset::pos));
        int least = frequent.getLast().tagCount();
        Set<Synset> taken = new HashSet<>(frequent);
        assertThat(all).filteredOn(synset -> synset.tagCount() > least).allMatch(taken::contains);
    }

    @Test
    void theDemosAnswersAreAmongTheTwentyThousand() {
        Set<String> words = WordNet.mostFrequent(20_000).stream()
                .flatMap(synset -> synset.words().stream())
                .collect(Collectors.toSet());

        assertThat(words).contains("pilot", "joy", "thermometer");
    }

    @Test
    void takesAllWhenThereAreFewerAndRefusesANegativeNumber() {
        assertThat(WordNet.mostFrequent(Integer.MAX_VALUE)).hasSameSizeAs(all);
        assertThat(WordNet.mostFrequent(0)).isEmpty();
        assertThatThrownBy(() -> WordNet.mostFrequent(-1)).hasMessageContaining("-1");
    }

    private static Synset synset(String key) {
        return Objects.requireNonNull(byKey.get(key), key);
    }
}
