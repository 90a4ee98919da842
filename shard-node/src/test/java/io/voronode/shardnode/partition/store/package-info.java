@NullMarked
package io.voronode.shardnode.partition.store;

import org.jspecify.annotations.NullMarked;
