/** Tests of the meters of a node. */
@NullMarked
package io.voronode.shardnode.metrics;

import org.jspecify.annotations.NullMarked;
