package io.voronode.embedding;

import ai.onnxruntime.OrtException;
import io.voronode.embedding.EmbeddingException.Reason;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sentence model run by ONNX Runtime. A call tokenizes its texts on the caller's thread, cuts them into {@link
 * Batches}, lets the {@link BatchRunner} compute these, and restores the order.
 *
 * <p>Safe for use by any number of threads. The read lock is held while native code runs, and closing takes the write
 * lock: native memory is never freed under a running batch.
 */
final class OnnxTextEmbedder implements TextEmbedder {

    private static final Logger LOG = LoggerFactory.getLogger(OnnxTextEmbedder.class);

    private final String name;
    private final Tokenizer tokenizer;
    private final OnnxModel model;
    private final BatchRunner runner;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private OnnxTextEmbedder(String name, Tokenizer tokenizer, OnnxModel model, BatchRunner runner) {
        this.name = name;
        this.tokenizer = tokenizer;
        this.model = model;
        this.runner = runner;
    }

    static OnnxTextEmbedder load(String name, ModelFiles files, BatchRunner runner) throws EmbeddingException {
        try {
            NativeLibraries.load();
            Tokenizer tokenizer = Tokenizer.of(files.tokenizer());
            try {
                OnnxModel model = OnnxModel.of(files.model());
                LOG.info("loaded embedding model {} ({} dimensions)", name, model.dimension());
                return new OnnxTextEmbedder(name, tokenizer, model, runner);
            } catch (IOException | OrtException | RuntimeException e) {
                tokenizer.close();
                throw e;
            }
        } catch (IOException | OrtException | RuntimeException | LinkageError e) {
            throw new EmbeddingException(
                    Reason.UNUSABLE_MODEL, "cannot load embedding model \"" + name + "\": " + e, e);
        }
    }

    @Override
    public String model() {
        return name;
    }

    @Override
    public int dimension() {
        return model.dimension();
    }

    @Override
    public List<float[]> embed(List<String> texts) throws EmbeddingException {
        checkNotBlank(texts);
        Tokens[] tokens = whileOpen(() -> tokenize(texts));
        float[][] vectors = new float[tokens.length][];
        runner.run(batches(tokens, vectors));
        return List.of(vectors);
    }

    private static void checkNotBlank(List<String> texts) throws EmbeddingException {
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).isBlank()) {
                throw new EmbeddingException(Reason.INVALID_TEXT, "text at index " + i + " is blank");
            }
        }
    }

    private Tokens[] tokenize(List<String> texts) throws EmbeddingException {
        Tokens[] tokens = new Tokens[texts.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = tokenizer.tokens(texts.get(i));
            if (tokens[i].count() == 0) {
                throw new EmbeddingException(
                        Reason.INVALID_TEXT, "text at index " + i + " has no token of model \"" + name + "\"");
            }
        }
        return tokens;
    }

    private List<Callable<Integer>> batches(Tokens[] tokens, float[][] vectors) {
        int[] counts = Arrays.stream(tokens).mapToInt(Tokens::count).toArray();
        return Batches.of(counts).stream()
                .<Callable<Integer>>map(batch -> () -> whileOpen(() -> compute(batch, tokens, vectors)))
                .toList();
    }

    private int compute(int[] batch, Tokens[] tokens, float[][] vectors) throws OrtException {
        List<float[]> results =
                model.vectors(Arrays.stream(batch).mapToObj(i -> tokens[i]).toList());
        for (int i = 0; i < batch.length; i++) {
            vectors[batch[i]] = results.get(i);
        }
        return batch.length;
    }

    private <T> T whileOpen(NativeWork<T> work) throws EmbeddingException {
        Lock read = lock.readLock();
        read.lock();
        try {
            if (closed) {
                throw new EmbeddingException(Reason.UNAVAILABLE, "embedding model \"" + name + "\" is closed");
            }
            return work.run();
        } catch (OrtException | RuntimeException e) {
            throw new EmbeddingException(Reason.INTERNAL, "embedding model \"" + name + "\" failed: " + e, e);
        } finally {
            read.unlock();
        }
    }

    @Override
    public void close() {
        Lock write = lock.writeLock();
        write.lock();
        try {
            if (!closed) {
                closed = true;
                tokenizer.close();
                model.close();
            }
        } catch (OrtException e) {
            LOG.warn("cannot free embedding model {}", name, e);
        } finally {
            write.unlock();
        }
    }

    /** What runs under the read lock. */
    private interface NativeWork<T> {
        T run() throws OrtException, EmbeddingException;
    }
}
