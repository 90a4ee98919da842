/** Tests of {@code io.voronode.shardnode.partition.apply}. */
@NullMarked
package io.voronode.shardnode.partition.apply;

import org.jspecify.annotations.NullMarked;
