/** Tests of the package. */
@NullMarked
package io.voronode.coordinator.validate;

import org.jspecify.annotations.NullMarked;
