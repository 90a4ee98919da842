/**
 * Cell maps on a node: derived for generation 0, else fetched once from a partition's blobs, verified by digest and kept on disk.
 */
@NullMarked
package io.voronode.shardnode.cells;

import org.jspecify.annotations.NullMarked;
