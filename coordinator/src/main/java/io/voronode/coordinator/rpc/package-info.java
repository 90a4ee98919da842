/**
 * The gRPC server of a coordinator: admits requests, gives each its time, hands it to the write, search or row path and turns errors
 * into statuses. Handlers run on virtual threads and block.
 */
@NullMarked
package io.voronode.coordinator.rpc;

import org.jspecify.annotations.NullMarked;
