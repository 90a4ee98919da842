package io.voronode.engine.clustering;

/**
 * Says how many of its ranked cells a query scans: the fewest, P, for which
 *
 * <pre>P · (d<sub>P+1</sub> / d<sub>1</sub>)<sup>exponent</sup> ≥ effort</pre>
 *
 * where d<sub>i</sub> is the distance of the query from the i-th nearest centroid. With exponent 0 that is a fixed
 * number of cells. With a larger one a query that lies deep in its cell, all other centroids much farther away, stops
 * early, and one that lies between many cells goes on; at the same mean recall fewer codes are scanned. Nothing but the
 * ranking is needed, so the cells are known before the first of them is scanned.
 *
 * <p>Rules that also look at the k-th distance found so far, or at how long the answer has not changed, were measured to
 * save no more on any data set, and need a round trip for each look (docs/decisions/0007). Pure; any thread.
 *
 * @param exponent 0 or more
 * @param effort 1 or more; no query scans more cells than this
 */
public record ProbeRule(float exponent, double effort) {

    public ProbeRule {
        if (!(exponent >= 0) || Float.isInfinite(exponent)) {
            throw new IllegalArgumentException("exponent " + exponent + " is not 0 or more");
        }
        if (!(effort >= 1)) {
            throw new IllegalArgumentException("effort " + effort + " < 1");
        }
    }

    /** The most cells that a query may scan by this rule. */
    public int most(int cellCount) {
        return (int) Math.min(cellCount, Math.ceil(effort));
    }

    /**
     * The number of cells that a query scans.
     *
     * @param squaredDistances of the query from its nearest centroids, ascending, at least one
     * @return 1 to their number; their number also where the rule would go on if it saw more
     */
    public int probes(float[] squaredDistances) {
        int low = 1;
        int high = squaredDistances.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (reach(squaredDistances, middle) >= effort) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The left side of the rule; grows with the probes. */
    private double reach(float[] squaredDistances, int probes) {
        return probes * Math.exp(exponent * logRatio(squaredDistances, probes));
    }

    /** ln(d<sub>P+1</sub> / d<sub>1</sub>). A query on its centroid is infinitely deep in its cell. */
    static double logRatio(float[] squaredDistances, int probes) {
        return 0.5
                * Math.log(Math.max(Float.MIN_NORMAL, squaredDistances[probes])
                        / (double) Math.max(Float.MIN_NORMAL, squaredDistances[0]));
    }
}
