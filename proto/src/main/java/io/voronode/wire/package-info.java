/**
 * The small code that every process on the wire shares: errors and their gRPC statuses, vectors as bytes, channels, the
 * measuring of calls, and the paths of the cluster tree. Holds no state and knows no service.
 */
@NullMarked
package io.voronode.wire;

import org.jspecify.annotations.NullMarked;
