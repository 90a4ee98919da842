package io.voronode.coordinator.gather;

import io.voronode.proto.internal.v1.ShardProbe;

/**
 * The cells of one shard that one query wants scanned in one wave; none where it only asks for what its filter matches. Filled by the
 * thread that runs the waves, and then sent by others.
 */
final class Probe {
    private final QueryScan scan;
    private final int shard;
    private final ShardProbe.Builder cells = ShardProbe.newBuilder();

    /**
     * A probe without cells.
     *
     * @param exactLimit matching records that are compared in place of the cells; 0 without a filter
     */
    Probe(QueryScan scan, int shard, int exactLimit) {
        this.scan = scan;
        this.shard = shard;
        cells.setExactLimit(exactLimit);
    }

    void add(int cell, float centroidDistance) {
        cells.addCells(cell).addCentroidDistances(centroidDistance);
    }

    QueryScan scan() {
        return scan;
    }

    int shard() {
        return shard;
    }

    int cellCount() {
        return cells.getCellsCount();
    }

    /** Any thread. */
    synchronized ShardProbe toWire(int query) {
        return cells.clone().setShard(shard).setQuery(query).build();
    }
}
