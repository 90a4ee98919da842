/** Tests of the package. */
@NullMarked
package io.voronode.coordinator.canary;

import org.jspecify.annotations.NullMarked;
