/** Tests of the package. */
@NullMarked
package io.voronode.coordinator.snapshot;

import org.jspecify.annotations.NullMarked;
