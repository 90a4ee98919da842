package io.voronode.coordinator.gather;

import io.voronode.proto.internal.v1.ShardHit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Merges the hits of all shards and waves of one query. A key counts once, with its highest version; the nearest come first,
 * equal distances by key. Used by one thread.
 */
final class HitMerge {
    private static final Comparator<ShardHit> NEAREST_FIRST =
            Comparator.comparingDouble(ShardHit::getDistance).thenComparing(ShardHit::getKey);

    private final Map<String, ShardHit> byKey = new HashMap<>();
    private final Map<String, Long> gone = new HashMap<>();

    void add(ShardHit hit) {
        byKey.merge(hit.getKey(), hit, HitMerge::newer);
    }

    private static ShardHit newer(ShardHit one, ShardHit other) {
        int order = Long.compareUnsigned(one.getVersion(), other.getVersion());
        return order != 0 ? (order > 0 ? one : other) : NEAREST_FIRST.compare(one, other) <= 0 ? one : other;
    }

    /** The record of this hit is gone: no hit of it up to this version counts. */
    void drop(ShardHit hit) {
        gone.merge(hit.getKey(), hit.getVersion(), Math::max);
    }

    /** At most k, nearest first. */
    List<ShardHit> best(int k) {
        return live().sorted(NEAREST_FIRST).limit(k).toList();
    }

    int size() {
        return (int) live().count();
    }

    int dropped() {
        return gone.size();
    }

    private Stream<ShardHit> live() {
        return byKey.values().stream()
                .filter(hit -> Long.compareUnsigned(hit.getVersion(), gone.getOrDefault(hit.getKey(), 0L)) > 0);
    }

    /** The k-th distance so far; null while there are fewer. */
    @Nullable
    Float bound(int k) {
        List<ShardHit> best = best(k);
        return best.size() < k ? null : best.getLast().getDistance();
    }
}
