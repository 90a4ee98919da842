package io.voronode.engine.clustering;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/**
 * Lloyd's algorithm, made for posting lists:
 *
 * <ol>
 *   <li>Plain iterations, first on half of the rows, then on all of them; fewer once under 0.5 % of the rows move.
 *       Centroids travel most of their way in the first ones, for which half is enough.
 *   <li>Two iterations in which a large cell is farther away, so that it gives its border to its neighbours.
 *   <li>The rows are assigned to the nearest centroid once more and the centroids stay as they are, so that every row
 *       is where {@link CellMap#nearestCell} puts it. Cells of more than four times the mean are halved, which adds cells.
 * </ol>
 *
 * <p>A cell that runs empty is re-seeded by splitting the largest one; when no cell can be split (duplicates only) it
 * is dropped. One instance is one run, owned by one caller.
 */
final class KMeans {

    static final int COARSE_ITERATIONS = 6;
    static final int FINE_ITERATIONS = 4;
    static final int BALANCING_ITERATIONS = 2;

    /** All of them and the last assignment. */
    static final int ITERATIONS = COARSE_ITERATIONS + FINE_ITERATIONS + BALANCING_ITERATIONS + 1;

    /** The first iterations take one row of so many: on a quarter they fit their few rows too closely. */
    private static final int COARSE_SHARE = 2;

    private static final double STOP_BELOW_MOVES = 0.005;

    /** What a cell of twice the mean size adds to squared distances, in parts of their mean. */
    private static final float SIZE_PENALTY = 0.1f;

    /** A scan of the largest cell takes so many times the mean. */
    private static final double LARGEST_CELL = 4;

    /** Rounds of split and re-assign at the end; a cell that is still empty then is dropped. */
    private static final int REPAIR_ROUNDS = 4;

    private final int rowCount;
    private final Clusters clusters;
    private final IntConsumer iterations;
    private int iterationsDone;

    private KMeans(int rowCount, Clusters clusters, IntConsumer iterations) {
        this.rowCount = rowCount;
        this.clusters = clusters;
        this.iterations = iterations;
    }

    /**
     * Clusters the rows.
     *
     * @param rows borrowed, at least one
     * @param spherical whether centroids are directions, of length 1
     * @param wanted clusters; fewer come out when fewer rows are distinct
     * @param iterations told how many of {@link #ITERATIONS} are done
     */
    static Clusters.Result run(
            float[][] rows, boolean spherical, int wanted, long seed, Workers workers, IntConsumer iterations) {
        float[][] shuffled = shuffled(rows, new SplittableRandom(seed));
        float[][] start = Arrays.copyOf(shuffled, Math.min(wanted, rows.length));
        Clusters clusters = new Clusters(shuffled, spherical, start, workers);
        return new KMeans(rows.length, clusters, iterations).run();
    }

    private static float[][] shuffled(float[][] rows, SplittableRandom random) {
        float[][] shuffled = rows.clone();
        for (int i = shuffled.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            float[] row = shuffled[i];
            shuffled[i] = shuffled[other];
            shuffled[other] = row;
        }
        return shuffled;
    }

    private Clusters.Result run() {
        iterate(Math.max(clusters.count(), rowCount / COARSE_SHARE), COARSE_ITERATIONS);
        reached(COARSE_ITERATIONS);
        iterate(rowCount, FINE_ITERATIONS);
        reached(COARSE_ITERATIONS + FINE_ITERATIONS);
        balance();
        settle();
        reached(ITERATIONS);
        return clusters.withoutEmpty();
    }

    private void reached(int done) {
        iterationsDone = done;
        iterations.accept(done);
    }

    private void iterate(int rows, int iterations) {
        clusters.activate(rows);
        for (int i = 0; i < iterations; i++) {
            int moved = clusters.assign();
            clusters.moveCentroids();
            clusters.splitIntoEmpty();
            reached(iterationsDone + 1);
            if (moved < STOP_BELOW_MOVES * rows) {
                return;
            }
        }
    }

    private void balance() {
        double distance = clusters.meanDistance();
        for (int i = 0; i < BALANCING_ITERATIONS; i++) {
            clusters.assignPenalized(penalties(distance));
            clusters.moveCentroids();
            clusters.splitIntoEmpty();
            reached(iterationsDone + 1);
        }
    }

    private float[] penalties(double distance) {
        float[] penalties = new float[clusters.count()];
        float mean = (float) rowCount / penalties.length;
        for (int cell = 0; cell < penalties.length; cell++) {
            float excess = Math.clamp(clusters.size(cell) / mean - 1, -1, 3);
            penalties[cell] = (float) (SIZE_PENALTY * excess * distance);
        }
        return penalties;
    }

    /** The last word is the plain nearest centroid; cells that it leaves empty or too large are mended, a few times. */
    private void settle() {
        clusters.assign();
        for (int round = 0; round < REPAIR_ROUNDS && mend(); round++) {
            clusters.assign();
        }
    }

    private boolean mend() {
        boolean filled = clusters.splitIntoEmpty();
        return clusters.splitLargerThan(LARGEST_CELL * rowCount / clusters.count()) || filled;
    }
}
