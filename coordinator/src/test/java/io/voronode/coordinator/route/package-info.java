/** Tests of the package. */
@NullMarked
package io.voronode.coordinator.route;

import org.jspecify.annotations.NullMarked;
