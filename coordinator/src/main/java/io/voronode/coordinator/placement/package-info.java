/** Which nodes should hold which replicas. Pure: no I/O, no clock, no randomness. */
@NullMarked
package io.voronode.coordinator.placement;

import org.jspecify.annotations.NullMarked;
