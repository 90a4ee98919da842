/** Tests of {@code io.voronode.shardnode.cells}. */
@NullMarked
package io.voronode.shardnode.cells;

import org.jspecify.annotations.NullMarked;
