package io.voronode.coordinator.gather;

import io.voronode.engine.clustering.CellMap;
import io.voronode.proto.internal.v1.ProbeResult;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the shards have told one query about its filter: how many of their records match, among all and among those that the scan has met,
 * and whether they have compared all that match. Used by one thread.
 */
final class FilterProgress {
    private final CellMap map;
    private final SortedMap<Integer, Told> shards = new TreeMap<>();
    private long met;
    private long metAccepted;

    private record Told(long records, long accepted, boolean complete) {}

    FilterProgress(CellMap map) {
        this.map = map;
    }

    void take(int shard, ProbeResult result) {
        shards.put(shard, new Told(result.getRecords(), result.getAccepted(), result.getExactFiltered()));
        met += result.getMet();
        metAccepted += result.getMetAccepted();
    }

    /** The shard is asked once more. */
    void forget(int shard) {
        shards.remove(shard);
    }

    boolean anyHasTold() {
        return !shards.isEmpty();
    }

    boolean hasTold(int shard) {
        return shards.containsKey(shard);
    }

    boolean allHaveTold() {
        return shards.size() == map.shardCount();
    }

    /** Whether the shard has compared all its records that match, so that none of its cells holds another hit. */
    boolean isComplete(int shard) {
        Told told = shards.get(shard);
        return told != null && told.complete();
    }

    boolean allAreComplete() {
        return allHaveTold() && shards.values().stream().allMatch(Told::complete);
    }

    /** Records that match in the shards that have told. */
    long accepted() {
        return shards.values().stream().mapToLong(Told::accepted).sum();
    }

    /** The same of all shards, as if the others' cells held as many. */
    double acceptedEverywhere() {
        return everywhere(accepted());
    }

    /** Records of all shards, whether or not they match, estimated in the same way. */
    double recordsEverywhere() {
        return everywhere(records());
    }

    private double everywhere(long told) {
        int cells = shards.keySet().stream()
                .mapToInt(shard -> map.cellsOf(shard).length)
                .sum();
        return cells == 0 ? 0 : (double) told * map.cellCount() / cells;
    }

    private long records() {
        return shards.values().stream().mapToLong(Told::records).sum();
    }

    /** The share of records that match; one record at least, where there are any. */
    double selectivity() {
        long records = records();
        return records == 0 ? 1 : Math.max(1, accepted()) / (double) records;
    }

    /** The same among the records that the scan has met; where these were none or none of them matched, half a record. */
    double selectivityNearby() {
        return met == 0 ? selectivity() : Math.max(0.5, (double) metAccepted) / met;
    }
}
