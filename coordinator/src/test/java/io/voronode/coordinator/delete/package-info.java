/** Tests of the package. */
@NullMarked
package io.voronode.coordinator.delete;

import org.jspecify.annotations.NullMarked;
