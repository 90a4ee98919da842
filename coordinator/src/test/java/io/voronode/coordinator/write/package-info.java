/** Tests of the package. */
@NullMarked
package io.voronode.coordinator.write;

import org.jspecify.annotations.NullMarked;
