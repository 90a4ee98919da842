package io.voronode.shardnode.rpc;

import io.voronode.proto.internal.v1.ShardHit;
import io.voronode.shardnode.shard.PayloadRoom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads which records one query found, when all shards that its call asks have been scanned: of the k nearest of all of them, and of those as near
 * as the last of these, so that equal distances are ordered by key wherever the records lie. The others would be read and sent for nothing.
 */
final class NearestHits {
    private NearestHits() {}

    /**
     * Scans that cannot be read fail, and others take their place.
     *
     * @param bound of the scans: what is farther they may have left out
     */
    static void read(List<ProbeScan> scans, int k, float bound, PayloadRoom payloads) {
        int[] counts = distinct(scans, k);
        while (payloads.wanted() && !read(scans, counts, payloads)) {
            counts = distinct(scans, k);
        }
        scans.forEach(scan -> scan.completeTo(k, bound));
    }

    /** Without payloads, which take room: how many each scan gives to the k nearest records of all. */
    private static int[] distinct(List<ProbeScan> scans, int k) {
        int wanted = k;
        while (true) {
            int[] counts = nearest(scans, wanted);
            if (!read(scans, counts, PayloadRoom.none())) {
                continue;
            }
            // A record that moves from one shard to another is in both for a moment.
            int distinct = k + repetitions(scans);
            if (wanted >= distinct || isAll(scans, counts)) {
                return counts;
            }
            wanted = distinct;
        }
    }

    /** How many each scan gives to the nearest of all. */
    private static int[] nearest(List<ProbeScan> scans, int wanted) {
        int[] counts = new int[scans.size()];
        float last = Float.NEGATIVE_INFINITY;
        for (int taken = 0; ; taken++) {
            int next = -1;
            for (int i = 0; i < counts.length; i++) {
                ProbeScan scan = scans.get(i);
                if (counts[i] < scan.size()
                        && (next < 0
                                || scan.distance(counts[i]) < scans.get(next).distance(counts[next]))) {
                    next = i;
                }
            }
            if (next < 0 || (taken >= wanted && scans.get(next).distance(counts[next]) > last)) {
                return counts;
            }
            last = scans.get(next).distance(counts[next]++);
        }
    }

    private static boolean read(List<ProbeScan> scans, int[] counts, PayloadRoom payloads) {
        for (int i = 0; i < counts.length; i++) {
            if (!scans.get(i).read(counts[i], payloads)) {
                return false;
            }
        }
        return true;
    }

    /** Hits of keys that another hit has, too. */
    private static int repetitions(List<ProbeScan> scans) {
        Set<String> keys = new HashSet<>();
        int hits = 0;
        for (ProbeScan scan : scans) {
            for (ShardHit hit : scan.result().getHitsList()) {
                keys.add(hit.getKey());
                hits++;
            }
        }
        return hits - keys.size();
    }

    private static boolean isAll(List<ProbeScan> scans, int[] counts) {
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] < scans.get(i).size()) {
                return false;
            }
        }
        return true;
    }
}
