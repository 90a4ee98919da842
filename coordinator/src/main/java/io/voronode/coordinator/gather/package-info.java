/**
 * The search path: rank cells, ask the shards that own the nearest, merge. {@link io.voronode.coordinator.gather.Gather} tells it
 * whole.
 */
@NullMarked
package io.voronode.coordinator.gather;

import org.jspecify.annotations.NullMarked;
