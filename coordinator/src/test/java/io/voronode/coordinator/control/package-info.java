/** Tests of the package of the same name. */
@NullMarked
package io.voronode.coordinator.control;

import org.jspecify.annotations.NullMarked;
