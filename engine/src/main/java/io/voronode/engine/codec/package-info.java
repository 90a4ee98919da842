/**
 * The Lucene vector format whose posting lists follow stamped cells. The only place that knows the bytes of the index;
 * opens with {@link io.voronode.engine.codec.CellVectorsFormat}.
 */
@NullMarked
package io.voronode.engine.codec;

import org.jspecify.annotations.NullMarked;
