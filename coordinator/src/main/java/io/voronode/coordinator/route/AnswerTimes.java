package io.voronode.coordinator.route;

import com.google.protobuf.ByteString;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Within which time each node answers 95 of 100 ordinary calls for a collection. Any thread may ask and tell.
 *
 * <p>An estimate follows a quantile q by steps: a time above it raises it by q times a step, one below it lowers it by 1 − q of that, so that it
 * rests where a share q of the times lies below. The step is a share of the estimate: one that a slow minute made a hundred times
 * too high is back after two thousand calls.
 */
public final class AnswerTimes {
    private static final double QUANTILE = 0.95;
    private static final double STEP = 0.05;
    /** Fewer times than this say little about one in twenty. */
    private static final int FEWEST = 100;

    private static final int MAX_ESTIMATES = 10_000;

    private final ConcurrentHashMap<Target, Estimate> estimates = new ConcurrentHashMap<>();

    private record Target(ByteString collectionUuid, String node) {}

    private static final class Estimate {
        private double nanos;
        private int count;
        private int lostInARow;

        synchronized void answered(long time) {
            if (count == 0) {
                nanos = time;
            }
            follow(time);
            count = Math.min(FEWEST, count + 1);
            lostInARow = 0;
        }

        synchronized int lost(long time) {
            if (count > 0 && time > nanos) {
                follow(time);
            }
            return ++lostInARow;
        }

        private void follow(long time) {
            nanos *= 1 + (time > nanos ? STEP * QUANTILE : -STEP * (1 - QUANTILE));
        }

        synchronized OptionalLong get() {
            return count < FEWEST ? OptionalLong.empty() : OptionalLong.of((long) nanos);
        }
    }

    /** An ordinary call was answered after so many nanoseconds. */
    public void answered(ByteString collectionUuid, String node, long nanos) {
        estimate(collectionUuid, node).answered(nanos);
    }

    /**
     * After so many nanoseconds others had answered in place of the node: it would have taken longer.
     *
     * @return how many calls in a row it has lost so
     */
    public int lost(ByteString collectionUuid, String node, long nanos) {
        return estimate(collectionUuid, node).lost(nanos);
    }

    private Estimate estimate(ByteString collectionUuid, String node) {
        if (estimates.size() >= MAX_ESTIMATES) {
            estimates.clear();
        }
        return estimates.computeIfAbsent(new Target(collectionUuid, node), none -> new Estimate());
    }

    /** Nanoseconds; empty before enough calls were answered. */
    public OptionalLong usual(ByteString collectionUuid, String node) {
        Estimate estimate = estimates.get(new Target(collectionUuid, node));
        return estimate == null ? OptionalLong.empty() : estimate.get();
    }
}
