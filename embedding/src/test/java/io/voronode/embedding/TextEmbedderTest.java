package io.voronode.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The built-in model, as its callers see it. */
final class TextEmbedderTest {

    /** A quantised vector depends on the neighbours in its batch; another meaning is far below this. */
    private static final double SAME_TEXT = 0.98;

    private static EmbeddingModels models;
    private static TextEmbedder embedder;

    @BeforeAll
    static void load() throws EmbeddingException {
        models = EmbeddingModels.withFolder(null);
        embedder = models.embedder(EmbeddingModels.BUILT_IN);
    }

    @AfterAll
    static void close() {
        models.close();
    }

    @Test
    void likeMeaningsAreCloserThanUnlikeOnes() throws EmbeddingException {
        List<float[]> vectors = embedder.embed(List.of(
                "a person who flies airplanes",
                "someone who operates an aircraft",
                "a device for measuring temperature"));

        assertThat(cosine(vectors.get(0), vectors.get(1))).isGreaterThan(0.6);
        assertThat(cosine(vectors.get(0), vectors.get(2))).isLessThan(0.3);
    }

    @Test
    void agreesWithTheReferenceImplementationOnAPublishedPair() throws EmbeddingException {
        // sentence-transformers' all-MiniLM-L6-v2 documentation: similarity 0.6660 for this pair.
        List<float[]> vectors = embedder.embed(List.of("The weather is lovely today.", "It's so sunny outside!"));

        assertThat(cosine(vectors.get(0), vectors.get(1))).isCloseTo(0.666, within(0.05));
    }

    @Test
    void givesUnitVectorsOfTheModelsDimension() throws EmbeddingException {
        assertThat(embedder.model()).isEqualTo("all-minilm-l6-v2-q");
        assertThat(embedder.dimension()).isEqualTo(384);
        for (float[] vector : embedder.embed(texts(40))) {
            assertThat(vector).hasSize(384);
            assertThat(cosine(vector, vector)).isCloseTo(1.0, within(1e-5));
        }
    }

    @Test
    void keepsTheOrderOfTextsOfMixedLengths() throws EmbeddingException {
        List<String> texts = texts(50);
        Collections.shuffle(texts, new Random(7));

        List<float[]> together = embedder.embed(texts);

        for (int i = 0; i < texts.size(); i++) {
            float[] alone = embedder.embed(List.of(texts.get(i))).getFirst();
            assertThat(cosine(together.get(i), alone)).as(texts.get(i)).isGreaterThan(SAME_TEXT);
        }
    }

    @Test
    void manyThreadsGetTheVectorsOfTheirOwnTexts() throws Exception {
        List<String> texts = texts(30);
        List<float[]> expected = embedder.embed(texts);
        Callable<List<float[]>> call = () -> embedder.embed(texts);

        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<List<float[]>> answer : callers.invokeAll(Collections.nCopies(100, call))) {
                assertSameMeanings(answer.get(), expected);
            }
        }
    }

    @Test
    void readsTheBeginningOfALongTextAndIgnoresTheRest() throws EmbeddingException {
        String beginning = "the pilot flew the plane ".repeat(60);
        List<float[]> vectors = embedder.embed(List.of(
                beginning + "cooking a soup of onions ".repeat(1000),
                beginning + "the stock market fell sharply ".repeat(100_000)));

        assertThat(cosine(vectors.get(0), vectors.get(1))).isGreaterThan(SAME_TEXT);
    }

    @Test
    void noTextsGiveNoVectors() throws EmbeddingException {
        assertThat(embedder.embed(List.of())).isEmpty();
    }

    @Test
    void aBlankTextIsNamedByItsIndex() {
        assertThat(failure(List.of("a", "b", "c", " \t\n", "e")))
                .hasMessage("text at index 3 is blank")
                .extracting(EmbeddingException::reason)
                .isEqualTo(EmbeddingException.Reason.INVALID_TEXT);
        assertThat(failure(List.of(""))).hasMessage("text at index 0 is blank");
    }

    @Test
    void oddCharactersAreEmbeddedLikeAnyText() throws EmbeddingException {
        List<String> odd = List.of("\uD800", "a\u0000b", "\uD83D\uDE00 happy", "日本語", "\u200B", "x".repeat(40_000));

        for (float[] vector : embedder.embed(odd)) {
            assertThat(cosine(vector, vector)).isCloseTo(1.0, within(1e-5));
        }
    }

    @Test
    void anInterruptedCallerIsToldSoAndStaysInterrupted() {
        Thread.currentThread().interrupt();

        EmbeddingException failure = failure(List.of("a text"));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure.reason()).isEqualTo(EmbeddingException.Reason.UNAVAILABLE);
    }

    private static EmbeddingException failure(List<String> texts) {
        return Assertions.catchThrowableOfType(EmbeddingException.class, () -> embedder.embed(texts));
    }

    private static void assertSameMeanings(List<float[]> actual, List<float[]> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(cosine(actual.get(i), expected.get(i))).isGreaterThan(SAME_TEXT);
        }
    }

    /** Texts of different meanings and lengths. */
    private static List<String> texts(int count) {
        String[] things = {"a bird", "the parliament", "hot soup", "an old violin", "deep snow", "a steam engine"};
        return new ArrayList<>(IntStream.range(0, count)
                .mapToObj(i -> things[i % things.length] + " is number " + i + " of what one can see".repeat(i % 5))
                .toList());
    }

    private static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
