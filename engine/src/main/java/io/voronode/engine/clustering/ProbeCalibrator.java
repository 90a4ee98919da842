package io.voronode.engine.clustering;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes a {@link ProbeCalibration} of queries whose true neighbours are known. Each query is replayed under rules of a few
 * exponents and every effort of {@link RecallCurve}: the rule says how many of its cells are scanned, and the neighbours
 * found in those count. In the end the exponent is taken that reached a handful of recalls with the fewest cells; exponent
 * 0, a fixed number of cells, is among them, so a calibrated search never scans more than the best fixed number does.
 *
 * <p>Keeps sums only, so any number of queries may be added. Owned by one thread.
 */
public final class ProbeCalibrator {

    /** Measured on word vectors and on sentence embeddings, 6 to 8 are best and 4 loses little. */
    private static final float[] EXPONENTS = {0, 2, 4, 6, 8};

    private static final double[] COMPARED_RECALLS = {0.8, 0.9, 0.95, 0.99};

    /** The rank of a neighbour that the search lost although its cell was scanned. */
    public static final int LOST = Integer.MAX_VALUE;

    private final SortedMap<Integer, CurveSums[]> sums = new TreeMap<>();

    /**
     * Adds one query.
     *
     * @param squaredDistances of the query from the centroids of all cells, ascending
     * @param k neighbours wanted
     * @param ranks of the cells in which the k nearest lie, from 0 in the order of the distances, or {@link #LOST}; fewer
     *     than k only where the collection has fewer
     */
    public void add(float[] squaredDistances, int k, int[] ranks) {
        int[] sorted = ranks.clone();
        Arrays.sort(sorted);
        double[] logRatios = new double[squaredDistances.length];
        for (int probes = 1; probes < squaredDistances.length; probes++) {
            logRatios[probes] = ProbeRule.logRatio(squaredDistances, probes);
        }
        CurveSums[] curves = sums.computeIfAbsent(k, ignored -> newSums());
        for (int i = 0; i < EXPONENTS.length; i++) {
            curves[i].add(EXPONENTS[i], logRatios, sorted);
        }
    }

    private static CurveSums[] newSums() {
        CurveSums[] curves = new CurveSums[EXPONENTS.length];
        Arrays.setAll(curves, ignored -> new CurveSums());
        return curves;
    }

    /**
     * The calibration by all queries added.
     *
     * @param cellMapDigest lower-case hex, of the map that ranked the cells
     * @throws IllegalStateException if none was added
     */
    public ProbeCalibration fit(String cellMapDigest) {
        if (sums.isEmpty()) {
            throw new IllegalStateException("no query to calibrate by");
        }
        int best = 0;
        for (int i = 1; i < EXPONENTS.length; i++) {
            best = cost(i) < cost(best) ? i : best;
        }
        return new ProbeCalibration(cellMapDigest, EXPONENTS[best], curves(best));
    }

    /** Mean of ln(cells scanned) over k and the compared recalls. */
    private double cost(int exponent) {
        double sum = 0;
        for (RecallCurve curve : curves(exponent)) {
            for (double recall : COMPARED_RECALLS) {
                sum += Math.log(curve.probesAt(curve.pointOf(recall)));
            }
        }
        return sum;
    }

    private List<RecallCurve> curves(int exponent) {
        return sums.entrySet().stream()
                .map(entry -> entry.getValue()[exponent].curve(entry.getKey()))
                .toList();
    }
}
