/** Tests of the package. */
@NullMarked
package io.voronode.coordinator.rpc;

import org.jspecify.annotations.NullMarked;
