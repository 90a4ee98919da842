package io.voronode.shardnode.shard;

import io.voronode.proto.internal.v1.Position;

/**
 * How far a replica has followed one partition, as a commit keeps it.
 *
 * @param position up to here the changes of the partition are in the index
 * @param seen up to here the index may show states of records; not below the position
 * @param scanEnd below this index the index may show a mixture of states
 * @param complete whether a watermark may be published for the partition
 */
record Cursor(Position position, long seen, long scanEnd, boolean complete) {}
