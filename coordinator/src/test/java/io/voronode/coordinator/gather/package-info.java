/** Tests of the package. */
@NullMarked
package io.voronode.coordinator.gather;

import org.jspecify.annotations.NullMarked;
