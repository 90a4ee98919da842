package io.voronode.engine.clustering;

/**
 * Lloyd's algorithm, made for posting lists. At most ten plain iterations, fewer once under 0.5 % of the rows move;
 * then two in which a large cell's distances count for more, so that it gives its border to its neighbours; then the
 * rows are assigned to the nearest centroid once more and the centroids stay as they are, so that every row is where
 * {@link CellMap#nearestCell} puts it. A cell that runs empty is re-seeded by splitting the largest one; when no cell
 * can be split (duplicates only) it is dropped. One instance is one run, owned by one caller.
 */
final class KMeans {

    static final int PLAIN_ITERATIONS = 10;
    static final int BALANCING_ITERATIONS = 2;
    private static final double STOP_BELOW_MOVES = 0.005;

    /** How much dearer a cell of twice the mean size is, in squared distance. */
    private static final float SIZE_PENALTY = 0.1f;

    /** Rounds of split and re-assign at the end; a cell that is still empty then is dropped. */
    private static final int REPAIR_ROUNDS = 4;

    private final int rowCount;
    private final Clusters clusters;

    private KMeans(int rowCount, Clusters clusters) {
        this.rowCount = rowCount;
        this.clusters = clusters;
    }

    /**
     * Clusters the rows.
     *
     * @param rows borrowed, at least one
     * @param spherical whether centroids are directions, of length 1
     * @param wanted clusters; fewer come out when fewer rows are distinct
     */
    static Clusters.Result run(float[][] rows, boolean spherical, int wanted, long seed, Workers workers) {
        Clusters clusters = new Clusters(rows, spherical, Math.min(wanted, rows.length), seed, workers);
        return new KMeans(rows.length, clusters).run();
    }

    private Clusters.Result run() {
        iteratePlain();
        for (int i = 0; i < BALANCING_ITERATIONS; i++) {
            clusters.assignWeighted(sizeWeights());
            clusters.moveCentroids();
            clusters.splitIntoEmpty();
        }
        settle();
        return clusters.withoutEmpty();
    }

    private void iteratePlain() {
        for (int i = 0; i < PLAIN_ITERATIONS; i++) {
            int moved = clusters.assign();
            clusters.moveCentroids();
            clusters.splitIntoEmpty();
            if (moved < STOP_BELOW_MOVES * rowCount) {
                return;
            }
        }
    }

    private float[] sizeWeights() {
        float[] weights = new float[clusters.count()];
        float mean = (float) rowCount / weights.length;
        for (int cell = 0; cell < weights.length; cell++) {
            float excess = Math.clamp(clusters.size(cell) / mean - 1, -1, 3);
            weights[cell] = 1 + SIZE_PENALTY * excess;
        }
        return weights;
    }

    /** The last word is the plain nearest centroid; cells that it leaves empty are split into, a few times. */
    private void settle() {
        clusters.assign();
        for (int round = 0; round < REPAIR_ROUNDS && clusters.splitIntoEmpty(); round++) {
            clusters.assign();
        }
    }
}
