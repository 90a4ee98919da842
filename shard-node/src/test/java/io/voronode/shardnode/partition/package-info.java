/** Tests of {@code io.voronode.shardnode.partition}. */
@NullMarked
package io.voronode.shardnode.partition;

import org.jspecify.annotations.NullMarked;
