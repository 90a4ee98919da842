/**
 * Partitions, the truth: Raft groups over a row store. {@link io.voronode.shardnode.partition.PartitionHost} holds the replicas of
 * one node; each has a state machine (apply is a pure function of state and entry), a row store, and on the leader a
 * coalescer that packs writes into log entries and an assigner that stamps old rows for new generations.
 */
@NullMarked
package io.voronode.shardnode.partition;

import org.jspecify.annotations.NullMarked;
