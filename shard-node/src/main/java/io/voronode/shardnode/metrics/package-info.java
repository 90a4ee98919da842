/**
 * What a shard node tells of itself in figures: the only package that knows Micrometer, and one that asks partitions and shards,
 * never the other way. {@link io.voronode.shardnode.metrics.NodeMeters} is the way in; docs/metrics.md lists every meter.
 */
@NullMarked
package io.voronode.shardnode.metrics;

import org.jspecify.annotations.NullMarked;
