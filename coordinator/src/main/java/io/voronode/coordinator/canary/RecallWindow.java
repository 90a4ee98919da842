package io.voronode.coordinator.canary;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * The recall of the last {@value #MAX_OBSERVATIONS} canaries of one collection under one calibration. With another calibration, or another
 * generation, it begins anew. Any thread.
 */
final class RecallWindow {
    static final int MAX_OBSERVATIONS = 1_000;
    static final int LEAST_FOR_DRIFT = 100;
    static final double DRIFT = 0.02;
    /** Standard errors. The mean is looked at again with every observation, which makes a rare coincidence likelier. */
    private static final double SURE = 3;

    private final Deque<Observation> observations = new ArrayDeque<>();
    private Plan plan = new Plan(0, ByteString.EMPTY);

    /**
     * By what searches choose their cells.
     *
     * @param calibrationDigest empty without a calibration
     */
    record Plan(int generation, ByteString calibrationDigest) {}

    /**
     * What one canary found.
     *
     * @param recall share of the true neighbours that the answer had
     * @param target the recall that was to be met; NaN where there was none
     * @param promised what the calibration says that such searches find; NaN where it says nothing
     */
    record Observation(double recall, double target, double promised) {}

    synchronized void add(Plan current, Observation observation) {
        if (!current.equals(plan)) {
            observations.clear();
            plan = current;
        }
        if (observations.size() == MAX_OBSERVATIONS) {
            observations.removeFirst();
        }
        observations.add(observation);
    }

    /** NaN without an observation. */
    synchronized double meanRecall() {
        return observations.stream().mapToDouble(Observation::recall).average().orElse(Double.NaN);
    }

    /** Mean of recall less target, over searches with a target; NaN without one. */
    synchronized double meanExcess() {
        return observations.stream()
                .mapToDouble(observation -> observation.recall() - observation.target())
                .filter(excess -> !Double.isNaN(excess))
                .average()
                .orElse(Double.NaN);
    }

    /**
     * By how much searches find less than the calibration promises; empty where that is little, or not sure yet. For k = 1 the recall of a
     * search is 0 or 1, and the mean of a hundred spreads by more than {@value #DRIFT}: so what is missing must be beyond its error too.
     */
    synchronized OptionalDouble drift() {
        double[] missing = observations.stream()
                .mapToDouble(observation -> observation.promised() - observation.recall())
                .filter(value -> !Double.isNaN(value))
                .toArray();
        if (missing.length < LEAST_FOR_DRIFT) {
            return OptionalDouble.empty();
        }
        double mean = DoubleStream.of(missing).average().orElseThrow();
        double squares = DoubleStream.of(missing)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        double standardError = Math.sqrt(squares / (missing.length - 1) / missing.length);
        return mean > Math.max(DRIFT, SURE * standardError) ? OptionalDouble.of(mean) : OptionalDouble.empty();
    }
}
