/** Tests of the package. */
@NullMarked
package io.voronode.coordinator.token;

import org.jspecify.annotations.NullMarked;
