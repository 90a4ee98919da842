/** Tests of the embedding models, on the real built-in model. */
@NullMarked
package io.voronode.embedding;

import org.jspecify.annotations.NullMarked;
