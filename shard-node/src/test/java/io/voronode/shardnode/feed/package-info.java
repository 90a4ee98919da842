/** Tests of {@code io.voronode.shardnode.feed}. */
@NullMarked
package io.voronode.shardnode.feed;

import org.jspecify.annotations.NullMarked;
