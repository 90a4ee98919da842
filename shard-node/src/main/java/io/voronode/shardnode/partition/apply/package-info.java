/**
 * Apply: what an entry of the log makes of the row store. A pure function of (state, entry): no clock, no randomness, no iteration
 * order of a hash map, so that all replicas of a partition stay equal. Knows nothing of Raft. {@link
 * io.voronode.shardnode.partition.apply.EntryApplier} is the way in.
 */
@NullMarked
package io.voronode.shardnode.partition.apply;

import org.jspecify.annotations.NullMarked;
