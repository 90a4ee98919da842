package io.voronode.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How names become models, and what happens when they do not. */
final class EmbeddingModelsTest {

    /** A tokenizer that adds no special tokens. */
    private static final String TWO_WORDS = """
            {"version": "1.0", "added_tokens": [],
             "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                            "strip_accents": null, "lowercase": true},
             "pre_tokenizer": {"type": "BertPreTokenizer"},
             "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                       "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "pilot": 1}}}
            """;

    @TempDir
    private Path folder;

    @Test
    void aModelIsLoadedOnceAndShared() throws Exception {
        try (EmbeddingModels models = EmbeddingModels.withFolder(null);
                ExecutorService callers = Executors.newFixedThreadPool(4)) {
            Callable<TextEmbedder> call = () -> models.embedder(EmbeddingModels.BUILT_IN);
            for (Future<TextEmbedder> embedder : callers.invokeAll(Collections.nCopies(8, call))) {
                assertThat(embedder.get()).isSameAs(call.call());
            }
        }
    }

    @Test
    void aModelFromAFolderGivesTheSameVectors() throws Exception {
        copyBuiltInModelTo(folder.resolve("my-model"));
        try (EmbeddingModels models = EmbeddingModels.withFolder(folder)) {
            assertThat(models.knows("my-model")).isTrue();
            assertThat(models.names()).containsExactly("all-minilm-l6-v2-q", "my-model");
            TextEmbedder mine = models.embedder("my-model");
            assertThat(mine.model()).isEqualTo("my-model");
            assertThat(mine.dimension()).isEqualTo(384);
            List<String> text = List.of("a person who flies airplanes");
            assertThat(mine.embed(text).getFirst())
                    .containsExactly(models.embedder(EmbeddingModels.BUILT_IN)
                            .embed(text)
                            .getFirst());
        }
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() throws IOException {
        Files.createDirectories(folder.resolve("empty-folder"));
        try (EmbeddingModels models = EmbeddingModels.withFolder(folder)) {
            EmbeddingException failure = failure(models, "empty-folder");

            assertThat(failure).hasMessage("unknown embedding model \"empty-folder\"; known are all-minilm-l6-v2-q");
            assertThat(failure.reason()).isEqualTo(EmbeddingException.Reason.UNKNOWN_MODEL);
        }
    }

    @Test
    void aNameNeverLeadsOutOfTheFolder() throws IOException {
        Path models = Files.createDirectories(folder.resolve("models"));
        copyBuiltInModelTo(folder.resolve("outside"));
        copyBuiltInModelTo(models);
        try (EmbeddingModels known = EmbeddingModels.withFolder(models)) {
            assertThat(List.of("../outside", ".", "..", "", "x/../../outside", "Outside", "a".repeat(64)))
                    .noneMatch(known::knows)
                    .allSatisfy(name -> assertThat(failure(known, name).reason())
                            .isEqualTo(EmbeddingException.Reason.UNKNOWN_MODEL));
        }
    }

    @Test
    void aDamagedModelIsToldByName() throws IOException {
        copyBuiltInModelTo(folder.resolve("bad-model"));
        Files.writeString(folder.resolve("bad-model/model.onnx"), "not a model");
        copyBuiltInModelTo(folder.resolve("bad-tokenizer"));
        Files.writeString(folder.resolve("bad-tokenizer/tokenizer.json"), "{}");
        try (EmbeddingModels models = EmbeddingModels.withFolder(folder)) {
            for (String name : List.of("bad-model", "bad-tokenizer")) {
                assertThat(failure(models, name))
                        .hasMessageStartingWith("cannot load embedding model \"" + name + "\": ")
                        .extracting(EmbeddingException::reason)
                        .isEqualTo(EmbeddingException.Reason.UNUSABLE_MODEL);
            }
        }
    }

    @Test
    void aTextWithoutATokenOfTheModelIsToldByIndex() throws Exception {
        copyBuiltInModelTo(folder.resolve("two-words"));
        Files.writeString(folder.resolve("two-words/tokenizer.json"), TWO_WORDS);
        try (EmbeddingModels models = EmbeddingModels.withFolder(folder)) {
            TextEmbedder embedder = models.embedder("two-words");

            assertThat(embedder.embed(List.of("pilot", "other"))).hasSize(2);
            // A zero-width space is not blank, and the normalizer drops it.
            assertThat(catchThrowableOfType(EmbeddingException.class, () -> embedder.embed(List.of("pilot", "\u200B"))))
                    .hasMessage("text at index 1 has no token of model \"two-words\"")
                    .extracting(EmbeddingException::reason)
                    .isEqualTo(EmbeddingException.Reason.INVALID_TEXT);
        }
    }

    @Test
    void whatIsClosedRefusesToWork() throws EmbeddingException {
        EmbeddingModels models = EmbeddingModels.withFolder(null);
        TextEmbedder embedder = models.embedder(EmbeddingModels.BUILT_IN);

        models.close();
        models.close();

        assertThat(failure(models, EmbeddingModels.BUILT_IN)).hasMessage("the embedding models are closed");
        assertThat(catchThrowableOfType(EmbeddingException.class, () -> embedder.embed(List.of("a text"))))
                .hasMessage("embedding model \"all-minilm-l6-v2-q\" is closed");
    }

    @Test
    void closingUnderLoadFailsTheCallsAndNothingElse() throws Exception {
        EmbeddingModels models = EmbeddingModels.withFolder(null);
        TextEmbedder embedder = models.embedder(EmbeddingModels.BUILT_IN);
        Callable<EmbeddingException> embedUntilRefused = () -> {
            while (true) {
                try {
                    embedder.embed(Collections.nCopies(100, "a text of a few words"));
                } catch (EmbeddingException e) {
                    return e;
                }
            }
        };
        try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
            List<Future<EmbeddingException>> failures = Collections.nCopies(4, embedUntilRefused).stream()
                    .map(callers::submit)
                    .toList();
            embedder.embed(List.of("this one is answered before the close"));
            models.close();
            for (Future<EmbeddingException> failure : failures) {
                assertThat(failure.get().reason()).isEqualTo(EmbeddingException.Reason.UNAVAILABLE);
            }
        }
    }

    private static EmbeddingException failure(EmbeddingModels models, String name) {
        return catchThrowableOfType(EmbeddingException.class, () -> models.embedder(name));
    }

    private static void copyBuiltInModelTo(Path target) throws IOException {
        Files.createDirectories(target);
        copy("/all-minilm-l6-v2-q.onnx", target.resolve("model.onnx"));
        copy("/all-minilm-l6-v2-q-tokenizer.json", target.resolve("tokenizer.json"));
    }

    private static void copy(String resource, Path target) throws IOException {
        try (InputStream in = EmbeddingModelsTest.class.getResourceAsStream(resource)) {
            Files.copy(Objects.requireNonNull(in, resource), target);
        }
    }

    @Test
    void aModelIsLoadedFromAVirtualThreadWhoseStackIsSmall() throws Exception {
        try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
                EmbeddingModels fresh = EmbeddingModels.withFolder(null)) {
            assertThat(virtual.submit(() ->
                                    fresh.embedder(EmbeddingModels.BUILT_IN).dimension())
                            .get())
                    .isEqualTo(384);
        }
    }
}
