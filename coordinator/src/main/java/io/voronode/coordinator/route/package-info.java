/**
 * Finds who to ask and keeps asking within the time that the caller gave: the partition of a key, the leader or a replica of a
 * partition, the replica of a shard. Time and cancellation are those of the gRPC context of the calling thread.
 */
@NullMarked
package io.voronode.coordinator.route;

import org.jspecify.annotations.NullMarked;
