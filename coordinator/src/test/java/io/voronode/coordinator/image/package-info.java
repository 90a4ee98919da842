/** Tests of the package of the same name. */
@NullMarked
package io.voronode.coordinator.image;

import org.jspecify.annotations.NullMarked;
