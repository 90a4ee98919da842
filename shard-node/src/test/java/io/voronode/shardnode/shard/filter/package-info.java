/** Tests of filters against their plain meaning. */
@NullMarked
package io.voronode.shardnode.shard.filter;

import org.jspecify.annotations.NullMarked;
