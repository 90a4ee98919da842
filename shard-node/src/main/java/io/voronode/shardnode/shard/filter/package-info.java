/**
 * Filters over payloads: what of a payload is indexed ({@link io.voronode.shardnode.shard.filter.PayloadFields}), and how a filter
 * becomes a query over that ({@link io.voronode.shardnode.shard.filter.PayloadFilter}). Both sides share {@link
 * io.voronode.shardnode.shard.filter.FieldValues}, the bytes that values are compared by. Pure.
 */
@NullMarked
package io.voronode.shardnode.shard.filter;

import org.jspecify.annotations.NullMarked;
