/**
 * Text to vectors. {@link io.voronode.embedding.EmbeddingModels} resolves a model's name to a shared
 * {@link io.voronode.embedding.TextEmbedder}; the one implementation runs a sentence-transformer exported to ONNX.
 * Nothing here uses the network: models come from the class path or from a folder that the user names.
 */
@NullMarked
package io.voronode.embedding;

import org.jspecify.annotations.NullMarked;
