package io.voronode.engine.clustering;

/**
 * The cells that a recall takes, for any query. Immutable; any thread.
 *
 * @param rule says how many cells a query scans
 * @param recall the mean that queries had by the rule when it was calibrated
 * @param meanProbes cells that they scanned on average
 */
public record CalibratedProbes(ProbeRule rule, double recall, double meanProbes) {

    /** So many times the mean are ranked before it is known that a query needs more; few do. */
    private static final int RANKED_MEANS = 2;

    /**
     * The cells of a query, nearest first.
     *
     * @param query normalised for COSINE
     */
    public RankedCells cells(CellMap map, float[] query) {
        int most = rule.most(map.cellCount());
        RankedCells ranked = map.rank(query, Math.min(most, (int) Math.ceil(RANKED_MEANS * meanProbes) + 1));
        int probes = rule.probes(ranked.distances());
        if (probes == ranked.size() && probes < most) {
            ranked = map.rank(query, most);
            probes = rule.probes(ranked.distances());
        }
        return ranked.nearest(probes);
    }
}
