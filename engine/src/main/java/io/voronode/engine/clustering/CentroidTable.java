package io.voronode.engine.clustering;

import io.voronode.engine.simd.CentroidKernels;
import io.voronode.engine.simd.VectorKernels;
import java.util.Arrays;

/**
 * Centroids laid out for {@link CentroidKernels}, to find the nearest one of many rows, or the nearest ones of a row.
 *
 * <p><b>Scores propose, differences decide.</b> With o the mean of the centroids, the score ‖c−o‖² − 2⟨x−o, c−o⟩ is
 * ‖x−c‖² less a constant of the row, and takes half the instructions of a difference squared. But it cancels where the
 * data lies far from o: so centroids whose scores are closer than rounding can tell are compared by {@link
 * VectorKernels#squaredDistance}, and distances told to others are always computed so. The nearest centroid is
 * therefore the same for a row alone and among others, for any number of threads.
 *
 * <p>A penalty per centroid may be added to the squared distances: balanced k-means makes large cells farther away.
 *
 * <p>Immutable; any thread.
 */
final class CentroidTable {

    private static final CentroidKernels KERNELS = CentroidKernels.best();

    /** Floats of the blocks that stay in the second-level cache while the tiles of a chunk pass by: 256 KiB. */
    private static final int PANEL_FLOATS = 1 << 16;

    /**
     * Rounding of a score, relative to (‖x−o‖+‖c−o‖)²·√dimension. Errors of a sum of products grow with the root of
     * their number; each is at most 2⁻²⁴ of the sum so far, and this is about four standard deviations.
     */
    private static final double ROUNDING = 0x1p-23;

    private final float[][] centroids;
    private final float[] penalties;
    private final float[] origin;
    private final float[] blocks;
    private final float[] offsets;
    private final double reach;
    private final double rounding;

    /** Centroids without penalties; borrowed. */
    CentroidTable(float[][] centroids) {
        this(centroids, new float[centroids.length]);
    }

    /** Borrows the arrays. */
    CentroidTable(float[][] centroids, float[] penalties) {
        int coordinates = centroids[0].length;
        int blockCount = Math.ceilDiv(centroids.length, CentroidKernels.LANES);
        this.centroids = centroids;
        this.penalties = penalties;
        this.origin = mean(centroids);
        this.blocks = new float[Math.multiplyExact(blockCount * CentroidKernels.LANES, coordinates)];
        this.offsets = new float[blockCount * CentroidKernels.LANES];
        this.reach = fill();
        this.rounding = ROUNDING * Math.sqrt(coordinates);
    }

    /** The mean of vectors of one length. */
    static float[] mean(float[][] vectors) {
        double[] sum = new double[vectors[0].length];
        for (float[] vector : vectors) {
            for (int d = 0; d < sum.length; d++) {
                sum[d] += vector[d];
            }
        }
        float[] mean = new float[sum.length];
        for (int d = 0; d < mean.length; d++) {
            mean[d] = (float) (sum[d] / vectors.length);
        }
        return mean;
    }

    /** Lays the centroids out; returns how far the farthest is from the origin. Lanes past the last are never near. */
    private double fill() {
        Arrays.fill(offsets, Float.POSITIVE_INFINITY);
        double longest = 0;
        for (int cell = 0; cell < centroids.length; cell++) {
            int lane = cell % CentroidKernels.LANES;
            int at = (cell - lane) * origin.length + lane;
            double square = 0;
            for (int d = 0; d < origin.length; d++, at += CentroidKernels.LANES) {
                float x = centroids[cell][d] - origin[d];
                blocks[at] = x;
                square += (double) x * x;
            }
            offsets[cell] = (float) (square + penalties[cell]);
            longest = Math.max(longest, square);
        }
        return Math.sqrt(longest);
    }

    int count() {
        return centroids.length;
    }

    int coordinates() {
        return origin.length;
    }

    /** Lanes of one pass over a chunk of rows, whole blocks of them. */
    int panelLanes() {
        int panel = PANEL_FLOATS / origin.length / CentroidKernels.LANES * CentroidKernels.LANES;
        return Math.clamp(panel, CentroidKernels.LANES, offsets.length);
    }

    /** Lanes in all: the room that the scores of a row take. */
    int lanes() {
        return offsets.length;
    }

    /** Writes −2(x−o); returns ‖x−o‖. */
    double center(float[] point, float[] out) {
        for (int d = 0; d < origin.length; d++) {
            out[d] = -2 * (point[d] - origin[d]);
        }
        return Math.sqrt(VectorKernels.best().squaredDistance(point, origin));
    }

    /** The difference of two scores that rounding may make, for a row at this distance from the origin. */
    float tolerance(double norm) {
        return (float) (rounding * (norm + reach) * (norm + reach));
    }

    /** Scores of a centered row. */
    void scores(float[] row, float[] out) {
        KERNELS.scores(row, blocks, offsets, out);
    }

    /** Scores of a tile of centered rows, as {@link CentroidKernels#tileScores} writes them. */
    void tileScores(float[] tile, int fromLane, int toLane, float[] out) {
        KERNELS.tileScores(
                tile, blocks, offsets, fromLane / CentroidKernels.LANES, toLane / CentroidKernels.LANES, out);
    }

    /** As {@link CentroidKernels#twoLeast}. */
    static int twoLeast(float[] scores, int from, int count, float[] two) {
        return KERNELS.twoLeast(scores, from, count, two);
    }

    /** ‖x−c‖² and the penalty, from differences. */
    float distance(float[] point, int cell) {
        return VectorKernels.best().squaredDistance(point, centroids[cell]) + penalties[cell];
    }

    /** The nearest by differences alone, the lowest of equals. */
    int nearestByDistance(float[] point) {
        int best = 0;
        float least = distance(point, 0);
        for (int cell = 1; cell < centroids.length; cell++) {
            float distance = distance(point, cell);
            if (distance < least) {
                least = distance;
                best = cell;
            }
        }
        return best;
    }
}
