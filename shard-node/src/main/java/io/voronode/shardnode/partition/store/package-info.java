/**
 * The row store of a partition replica: keys, column families, consistent views and atomic batches over RocksDB. Knows neither Raft nor
 * what entries mean; {@link io.voronode.shardnode.partition.store.RowStore} is the specification of what lies on disk.
 */
@NullMarked
package io.voronode.shardnode.partition.store;

import org.jspecify.annotations.NullMarked;
