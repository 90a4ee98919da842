package io.voronode.engine.clustering;

import org.jspecify.annotations.Nullable;

/**
 * How many cells to scan for the nearest of those records that a filter accepts. Immutable; any thread.
 *
 * <p>The k nearest of the accepted records are spread over the k / selectivity nearest of all, as long as the filter has nothing to do with the
 * vectors. So the cells that find a share of them are those that find this share of the k / selectivity nearest, which the calibration of
 * the index knows. Without a calibration their number is taken to grow with a power of {@value #EXPONENT} of the inverse selectivity, as it
 * does for a few hundred cells of word vectors.
 *
 * <p>Where a filter has to do with the vectors, and accepts less near the query than elsewhere, that is not enough: the accepted ones lie
 * beyond the cells near the query. So the selectivity that counts is that of the records which the scan has met, and where it is less than
 * that of all records, the ratio of the two counts once more.
 */
public final class FilteredProbes {

    /**
     * Where a shard has no more accepted records than this, it compares them all, which is exact and takes no longer than scanning cells:
     * 2 000 vectors of 100 dimensions take as long as 64 of 888 cells.
     */
    public static final int EXACT_LIMIT = 2_000;

    private static final double EXPONENT = 0.3;
    private static final double EXPONENT_OF_DISTANCE = 0.3;

    private final @Nullable ProbeCalibration calibration;
    private final int k;
    private final double meanProbes;

    /**
     * For searches of one kind.
     *
     * @param calibration of the index; null if there is none
     * @param k neighbours wanted
     * @param meanProbes cells that such searches scan on average without a filter
     */
    public FilteredProbes(@Nullable ProbeCalibration calibration, int k, double meanProbes) {
        this.calibration = calibration;
        this.k = k;
        this.meanProbes = meanProbes;
    }

    /**
     * The cells to scan in all.
     *
     * @param unfiltered cells that this query would scan without the filter
     * @param near share of accepted records among those that the scan has met, above 0, at most 1
     * @param overall share of accepted records among all, above 0, at most 1
     */
    public int widened(int unfiltered, double near, double overall) {
        double distance = Math.max(1, overall / near);
        double cells = unfiltered * widening(near) * Math.pow(distance, EXPONENT_OF_DISTANCE);
        return (int) Math.min(Integer.MAX_VALUE, Math.ceil(cells));
    }

    private double widening(double share) {
        return calibration == null
                ? Math.pow(share, -EXPONENT)
                : Math.max(1, calibration.widening(k, k / share, meanProbes));
    }
}
