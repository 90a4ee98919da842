/** Tests of the package of the same name. */
@NullMarked
package io.voronode.coordinator.placement;

import org.jspecify.annotations.NullMarked;
