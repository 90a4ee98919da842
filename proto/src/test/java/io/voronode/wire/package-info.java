/** Tests of what every process on the wire shares. */
@NullMarked
package io.voronode.wire;

import org.jspecify.annotations.NullMarked;
