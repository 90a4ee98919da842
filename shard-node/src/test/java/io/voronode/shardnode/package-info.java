/** Whole shard nodes, and the layers of the module. */
@NullMarked
package io.voronode.shardnode;

import org.jspecify.annotations.NullMarked;
