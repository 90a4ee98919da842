package io.voronode.engine.clustering;

/**
 * What calibration queries had by {@link ProbeRule}s of one exponent and growing effort, for one k. Point i belongs to the effort
 * 2<sup>i/{@value #STEPS_PER_DOUBLING}</sup>; the last point is where more effort finds nothing more. Immutable; the
 * arrays are its own.
 *
 * @param k neighbours wanted
 * @param queries how many queries the means are of
 * @param recalls mean recall@k
 * @param errors standard error of each mean
 * @param probes mean number of cells scanned
 */
@SuppressWarnings("ArrayRecordComponent") // a table, looked up and never compared
record RecallCurve(int k, int queries, float[] recalls, float[] errors, float[] probes) {

    static final int STEPS_PER_DOUBLING = 8;

    RecallCurve {
        if (k < 1 || queries < 1) {
            throw new IllegalArgumentException("curve for k " + k + " of " + queries + " queries");
        }
        if (recalls.length == 0 || errors.length != recalls.length || probes.length != recalls.length) {
            throw new IllegalArgumentException(
                    recalls.length + " recalls, " + errors.length + " errors, " + probes.length + " probes");
        }
    }

    static double effort(double point) {
        return Math.pow(2, point / STEPS_PER_DOUBLING);
    }

    static double point(double effort) {
        return STEPS_PER_DOUBLING * Math.log(effort) / Math.log(2);
    }

    /**
     * The least point at which the mean recall less its standard error reaches the target, so that the target is met in
     * five of six calibrations and missed by a fraction of a percent in the sixth; the last point if none does.
     */
    double pointOf(double target) {
        double before = sure(0);
        if (before >= target) {
            return 0;
        }
        for (int i = 1; i < recalls.length; i++) {
            double here = Math.max(before, sure(i));
            if (here >= target) {
                return i - 1 + (target - before) / (here - before);
            }
            before = here;
        }
        return recalls.length - 1;
    }

    private double sure(int point) {
        return recalls[point] - errors[point];
    }

    double recallAt(double point) {
        return at(recalls, point);
    }

    double probesAt(double point) {
        return at(probes, point);
    }

    /** The share of what can be found that so many cells hold on average. */
    double coverage(double cells) {
        double point = 0;
        while (point < probes.length - 1 && probesAt(point + 1) <= cells) {
            point++;
        }
        double step = probesAt(point + 1) - probesAt(point);
        double rest = step > 0 ? Math.clamp((cells - probesAt(point)) / step, 0, 1) : 0;
        return recallAt(point + rest) / recalls[recalls.length - 1];
    }

    /** The mean number of cells that hold this share of what can be found. */
    double probesOf(double coverage) {
        double recall = coverage * recalls[recalls.length - 1];
        int above = 0;
        while (above < recalls.length - 1 && recalls[above] < recall) {
            above++;
        }
        if (above == 0) {
            return probesAt(0);
        }
        double step = recalls[above] - recalls[above - 1];
        return probesAt(above - 1 + (step > 0 ? Math.clamp((recall - recalls[above - 1]) / step, 0, 1) : 1));
    }

    private static double at(float[] values, double point) {
        double inside = Math.clamp(point, 0, values.length - 1);
        int low = (int) inside;
        int high = Math.min(values.length - 1, low + 1);
        return values[low] + (inside - low) * (values[high] - values[low]);
    }
}
