package io.voronode.embedding;

import io.voronode.embedding.EmbeddingException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The models that texts can be embedded with: the built-in {@value #BUILT_IN} and each sub-folder of a models folder
 * that holds {@code model.onnx} and {@code tokenizer.json}. A model is loaded when it is first asked for, once, and its
 * embedder is shared by all callers until {@link #close()}.
 *
 * <p>Safe for use by any number of threads. It owns the threads that all its models compute on, and never writes to the
 * models folder or looks outside it.
 */
public final class EmbeddingModels implements AutoCloseable {

    /** The 384-dimensional English sentence model that ships with Voronode. */
    public static final String BUILT_IN = "all-minilm-l6-v2-q";

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    private final @Nullable Path folder;
    private final BatchRunner runner = new BatchRunner(Runtime.getRuntime().availableProcessors());
    private final Map<String, OnnxTextEmbedder> loaded = new ConcurrentHashMap<>();
    private boolean closed;

    private EmbeddingModels(@Nullable Path folder) {
        this.folder = folder;
    }

    /** Knows the built-in model and, when a folder is given, its sub-folders; they may be added while this is in use. */
    public static EmbeddingModels withFolder(@Nullable Path modelsFolder) {
        return new EmbeddingModels(modelsFolder);
    }

    /** Whether a model of this name is there; it may still turn out to be damaged when it is loaded. */
    public boolean knows(String name) {
        return name.equals(BUILT_IN) || inFolder(name);
    }

    /** The names of the models that are there now, sorted. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        names.add(BUILT_IN);
        if (folder != null && Files.isDirectory(folder)) {
            try (Stream<Path> entries = Files.list(folder)) {
                entries.map(entry -> String.valueOf(entry.getFileName()))
                        .filter(this::inFolder)
                        .forEach(names::add);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot list the models folder " + folder, e);
            }
        }
        return names;
    }

    /**
     * The shared embedder of a model, loaded by the first call.
     *
     * @throws EmbeddingException when the name is unknown (the message lists the known ones), the model's files
     *     cannot be used, or this is closed
     */
    public TextEmbedder embedder(String name) throws EmbeddingException {
        OnnxTextEmbedder embedder = loaded.get(name);
        return embedder != null ? embedder : load(name);
    }

    private synchronized TextEmbedder load(String name) throws EmbeddingException {
        if (closed) {
            throw new EmbeddingException(Reason.UNAVAILABLE, "the embedding models are closed");
        }
        OnnxTextEmbedder embedder = loaded.get(name);
        if (embedder == null) {
            embedder = OnnxTextEmbedder.load(name, files(name), runner);
            loaded.put(name, embedder);
        }
        return embedder;
    }

    private ModelFiles files(String name) throws EmbeddingException {
        if (name.equals(BUILT_IN)) {
            return new ModelFiles.OnClassPath(BUILT_IN);
        }
        if (folder != null && inFolder(name)) {
            return new ModelFiles.InFolder(folder.resolve(name));
        }
        throw new EmbeddingException(
                Reason.UNKNOWN_MODEL,
                "unknown embedding model \"" + name + "\"; known are " + String.join(", ", names()));
    }

    private boolean inFolder(String name) {
        return folder != null && NAME.matcher(name).matches() && ModelFiles.InFolder.isComplete(folder.resolve(name));
    }

    /** Waits for running batches and frees every model; embedders that were handed out refuse to work from then on. */
    @Override
    public synchronized void close() {
        closed = true;
        loaded.values().forEach(OnnxTextEmbedder::close);
        loaded.clear();
        runner.close();
    }
}
