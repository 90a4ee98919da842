package io.voronode.benchmarks.data;

import io.voronode.cli.wordnet.Synset;
import io.voronode.cli.wordnet.WordNet;
import io.voronode.embedding.EmbeddingException;
import io.voronode.embedding.EmbeddingModels;
import io.voronode.engine.simd.Metric;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * WordNet's 117 791 glosses, embedded in 384 dimensions by the float32 model all-MiniLM-L6-v2, by cosine: real text by a
 * real sentence model, in about ten minutes of processor time the first time.
 */
final class WordNetGlosses {

    private static final String MODEL = "all-minilm-l6-v2";

    private WordNetGlosses() {}

    static Dataset load(Cache cache) throws IOException {
        Path file = cache.entry("datasets/wordnet-3.1-" + MODEL + ".npy", entry -> NpyFile.write(entry, embed(cache)));
        return Dataset.ofRaw("wordnet", Metric.COSINE, NpyFile.read(file));
    }

    private static float[][] embed(Cache cache) throws IOException {
        List<String> glosses = WordNet.all().stream().map(Synset::gloss).toList();
        Path folder =
                cache.entry("models/" + MODEL, WordNetGlosses::unpackModel).getParent();
        try (EmbeddingModels models = EmbeddingModels.withFolder(folder)) {
            return models.embedder(MODEL).embed(glosses).toArray(float[][]::new);
        } catch (EmbeddingException e) {
            throw new IOException("cannot embed WordNet's glosses", e);
        }
    }

    /** The model is a library of this module alone, and embedders find all but the built-in one in a folder. */
    private static void unpackModel(Path folder) throws IOException {
        Files.createDirectories(folder);
        copyResource(MODEL + ".onnx", folder.resolve("model.onnx"));
        copyResource(MODEL + "-tokenizer.json", folder.resolve("tokenizer.json"));
    }

    private static void copyResource(String resource, Path file) throws IOException {
        try (InputStream in = WordNetGlosses.class.getResourceAsStream("/" + resource)) {
            if (in == null) {
                throw new FileNotFoundException(resource + " is not on the class path");
            }
            Files.copy(in, file);
        }
    }
}
