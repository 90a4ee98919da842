/**
 * Proves on a live cluster that all copies of a collection say the same: replicas of partitions with each other, replicas of shards with
 * the rows. {@link io.voronode.coordinator.verify.Verification} is where to begin.
 */
@NullMarked
package io.voronode.coordinator.verify;

import org.jspecify.annotations.NullMarked;
