package io.voronode.benchmarks.data;

import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The data sets by the names that the command line knows. */
public final class Datasets {

    /** What is measured when nobody names a data set. */
    public static final List<String> DEFAULTS = List.of("glove", "wordnet", "synthetic");

    private static final int SYNTHETIC_ROWS = 200_000;
    private static final int LARGE_SYNTHETIC_ROWS = 1_000_000;

    private Datasets() {}

    /**
     * Loads a data set, or makes it and puts it into the cache; that may take minutes the first time.
     *
     * @param nameOrPath {@code glove}, {@code wordnet}, {@code synthetic}, {@code synthetic-1m}, or a file as {@link VectorFile} knows them
     * @param metric of a file; null for what the file says, COSINE if it says nothing
     * @throws IllegalArgumentException if it is neither a name nor a file, or its vectors cannot be used
     */
    public static Dataset load(String nameOrPath, @Nullable Metric metric, Cache cache) throws IOException {
        return switch (nameOrPath) {
            case "glove" -> GloveWords.load(cache);
            case "wordnet" -> WordNetGlosses.load(cache);
            case "synthetic" -> synthetic(nameOrPath, SYNTHETIC_ROWS, cache);
            case "synthetic-1m" -> synthetic(nameOrPath, LARGE_SYNTHETIC_ROWS, cache);
            default -> file(Path.of(nameOrPath), metric);
        };
    }

    private static Dataset synthetic(String name, int rows, Cache cache) throws IOException {
        Path file = cache.entry(
                "datasets/" + name + "-" + SyntheticEmbeddings.RECIPE + ".npy",
                entry -> NpyFile.write(
                        entry, SyntheticEmbeddings.make(name, rows).vectors()));
        return new Dataset(name, Metric.COSINE, NpyFile.read(file));
    }

    private static Dataset file(Path path, @Nullable Metric metric) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new IllegalArgumentException("no data set and no file is named " + path);
        }
        VectorFile file = VectorFile.read(path);
        Metric known = metric == null ? file.metric().orElse(Metric.COSINE) : metric;
        return Dataset.ofRaw(String.valueOf(path.getFileName()), known, file.vectors());
    }
}
