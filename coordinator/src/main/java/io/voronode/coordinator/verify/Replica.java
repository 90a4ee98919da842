package io.voronode.coordinator.verify;

/** One copy on one node. */
public sealed interface Replica {
    String node();

    /** Of the rows of a partition. */
    record OfPartition(int partition, String node) implements Replica {}

    /** Of the index of a shard. */
    record OfShard(int generation, int shard, String node) implements Replica {}
}
