package io.voronode.engine.clustering;

import java.util.Comparator;
import java.util.List;

/**
 * What a generation's shards were measured to give: for some k, the mean recall by the effort of a {@link ProbeRule}. From it
 * follows the rule that meets a recall on average. Made by a {@link ProbeCalibrator} on the finished index, kept apart from the
 * cell map, so that it can be made anew when the collection has changed. Immutable; any thread.
 *
 * <p>A k between two calibrated ones gets an effort between theirs, on logarithmic scales of both; a larger one than the
 * largest goes on along the line through the last two.
 */
public final class ProbeCalibration {

    private final String cellMapDigest;
    private final float exponent;
    private final List<RecallCurve> curves;

    /** Curves by ascending k. */
    ProbeCalibration(String cellMapDigest, float exponent, List<RecallCurve> curves) {
        if (curves.isEmpty()) {
            throw new IllegalArgumentException("a calibration without curves");
        }
        this.cellMapDigest = cellMapDigest;
        this.exponent = exponent;
        this.curves =
                curves.stream().sorted(Comparator.comparingInt(RecallCurve::k)).toList();
        if (this.curves.stream().map(RecallCurve::k).distinct().count() != curves.size()) {
            throw new IllegalArgumentException("two curves for one k");
        }
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws CorruptCalibrationException if the bytes are not a calibration, are damaged, or of a later version
     */
    public static ProbeCalibration decode(byte[] bytes) {
        return ProbeCalibrationFormat.decode(bytes);
    }

    public byte[] encode() {
        return ProbeCalibrationFormat.encode(this);
    }

    /**
     * The rule by which queries have this recall on average. A target that not even all cells give has the rule that finds
     * what can be found.
     *
     * @param k neighbours wanted
     * @param target mean recall@k, above 0 and below 1
     */
    public ProbeRule rule(int k, double target) {
        double point = between(k, curve -> curve.pointOf(target));
        return new ProbeRule(exponent, RecallCurve.effort(Math.max(0, point)));
    }

    /** What a recall takes: the rule of {@link #rule}, and what is known of it. */
    public CalibratedProbes probes(int k, double target) {
        ProbeRule rule = rule(k, target);
        return new CalibratedProbes(rule, recall(k, rule), meanProbes(k, rule));
    }

    /** The mean recall@k that this rule had, or one of the same effort for a neighbouring k. */
    public double recall(int k, ProbeRule rule) {
        double point = RecallCurve.point(rule.effort());
        return Math.clamp(between(k, curve -> curve.recallAt(point)), 0, 1);
    }

    /** The mean number of cells that queries scanned by this rule. */
    public double meanProbes(int k, ProbeRule rule) {
        double point = RecallCurve.point(rule.effort());
        return Math.max(1, between(k, curve -> curve.probesAt(point)));
    }

    /**
     * So many times as many cells hold as large a share of the nearest {@code more} records as hold it of the nearest k, where it takes so many
     * cells for those. What codes lose is not counted, which differs between the two.
     */
    double widening(int k, double more, double probes) {
        double coverage = Math.min(1, between(k, curve -> curve.coverage(probes)));
        return Math.exp(logProbes(more, coverage) - logProbes(k, coverage));
    }

    private double logProbes(double k, double coverage) {
        return between(k, curve -> Math.log(curve.probesOf(coverage)));
    }

    /** Lower-case hex digest of the cell map that was calibrated. */
    public String cellMapDigest() {
        return cellMapDigest;
    }

    float exponent() {
        return exponent;
    }

    List<RecallCurve> curves() {
        return curves;
    }

    @FunctionalInterface
    private interface CurveValue {
        double of(RecallCurve curve);
    }

    private double between(double k, CurveValue value) {
        int above = 0;
        while (above < curves.size() && curves.get(above).k() < k) {
            above++;
        }
        if (above == 0 || curves.size() == 1) {
            return value.of(curves.getFirst());
        }
        RecallCurve high = curves.get(Math.min(above, curves.size() - 1));
        RecallCurve low = curves.get(Math.min(above, curves.size() - 1) - 1);
        double share = Math.log(k / low.k()) / Math.log((double) high.k() / low.k());
        return value.of(low) + share * (value.of(high) - value.of(low));
    }

    @Override
    public String toString() {
        return "ProbeCalibration[exponent " + exponent + ", "
                + curves.stream()
                        .map(curve -> "k " + curve.k() + ": " + curve.queries() + " queries")
                        .toList()
                + "]";
    }
}
