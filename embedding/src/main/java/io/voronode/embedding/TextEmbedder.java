package io.voronode.embedding;

import java.util.List;

/**
 * Turns texts into vectors whose cosine similarity follows the likeness of meaning.
 *
 * <p>Safe for use by any number of threads. An embedder never keeps a text, never uses the network, and never answers
 * a part of a call: all texts get a vector or the call fails.
 *
 * <p>A quantised model scales its activations over a whole batch, so the vector of a text differs slightly with its
 * neighbours in a call (cosine about 0.99 between the two): compare vectors by similarity, never for equality.
 */
public interface TextEmbedder extends AutoCloseable {

    /** Tokens of a text that count, the two special ones included; the rest of a longer text is ignored. */
    int MAX_TOKENS = 256;

    /**
     * Characters of a text that are looked at, leading white space left out. {@link #MAX_TOKENS} tokens of any
     * language are far fewer; the limit keeps a megabyte of text from costing a second of tokenizing.
     */
    int MAX_CHARACTERS = 32_768;

    /** The name under which {@link EmbeddingModels} knows this model. */
    String model();

    /** Length of every vector. */
    int dimension();

    /**
     * Embeds the texts: mean of the token vectors under the attention mask, then scaled to unit length, as
     * sentence-transformers does. One large call is faster than many small ones, because texts of similar length share
     * a batch.
     *
     * @return one new array per text, in the order of the texts; empty for no texts
     * @throws EmbeddingException when a text is blank or has no token (nothing is embedded then), the embedder is closed, the thread
     *     is interrupted while it waits, or the model fails
     */
    List<float[]> embed(List<String> texts) throws EmbeddingException;

    /** Waits for running batches and frees the model. Who got a shared embedder from {@link EmbeddingModels} leaves this to it. */
    @Override
    void close();
}
