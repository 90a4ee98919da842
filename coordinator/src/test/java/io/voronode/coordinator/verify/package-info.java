/** Tests of the package. */
@NullMarked
package io.voronode.coordinator.verify;

import org.jspecify.annotations.NullMarked;
