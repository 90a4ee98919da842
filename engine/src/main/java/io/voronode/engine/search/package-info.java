/**
 * Top-k over the cells of a shard that a query names. The main path's last stop: {@link
 * io.voronode.engine.search.ShardSearcher}.
 */
@NullMarked
package io.voronode.engine.search;

import org.jspecify.annotations.NullMarked;
