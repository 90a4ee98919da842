/**
 * What a coordinator tells of itself in figures: the only package that knows Micrometer, and one that asks the others, never the
 * other way. docs/metrics.md lists every meter.
 */
@NullMarked
package io.voronode.coordinator.metrics;

import org.jspecify.annotations.NullMarked;
