/** Tests of the package. */
@NullMarked
package io.voronode.coordinator.rows;

import org.jspecify.annotations.NullMarked;
