/** Tests of the package. */
@NullMarked
package io.voronode.coordinator.metrics;

import org.jspecify.annotations.NullMarked;
