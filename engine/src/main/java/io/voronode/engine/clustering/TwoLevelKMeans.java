package io.voronode.engine.clustering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * k-means for many cells: √k parents first, then the cells of each parent among its rows, as many as its share of the
 * rows. That takes 2√k distances a row and iteration instead of k. Borders between parents are then mended by one
 * iteration over all cells, whose rows look into the nearest parents only. One instance is one run, owned by one caller.
 */
final class TwoLevelKMeans {

    /** Fewer are found in less time than the rest of a training takes. */
    static final int MIN_CELLS = 256;

    /** Rows of the sample that a parent is trained on. */
    private static final int ROWS_PER_PARENT = 256;

    /** Rows that serve as queries when the parents to visit are counted. */
    private static final int CALIBRATION_QUERIES = 1_000;

    /** Steps that are told, beside the iterations of the parents and one step for the cells of each parent. */
    private static final int LAST_STEPS = 2;

    private final float[][] rows;
    private final boolean spherical;
    private final long seed;
    private final Workers workers;
    private final int steps;
    private final List<float[]> cells = new ArrayList<>();
    private final List<Integer> parentOfCell = new ArrayList<>();

    private TwoLevelKMeans(float[][] rows, boolean spherical, int parentCount, long seed, Workers workers) {
        this.rows = rows;
        this.spherical = spherical;
        this.seed = seed;
        this.workers = workers;
        this.steps = KMeans.ITERATIONS + parentCount + LAST_STEPS;
    }

    /** Arguments and randomness as for {@link KMeans#run}. */
    static FoundCells run(float[][] rows, boolean spherical, int wanted, long seed, Workers workers) {
        int parentCount = (int) Math.round(Math.sqrt(wanted));
        return new TwoLevelKMeans(rows, spherical, parentCount, seed, workers).run(parentCount, wanted);
    }

    private FoundCells run(int parentCount, int wanted) {
        float[][] sample = spread(ROWS_PER_PARENT * parentCount);
        float[][] parents = KMeans.run(sample, spherical, parentCount, seed, workers, this::reached)
                .centroids();
        divide(parents, wanted);
        return mend(parents);
    }

    /** So many rows, or all, from everywhere. */
    private float[][] spread(int wanted) {
        int count = Math.min(rows.length, wanted);
        float[][] spread = new float[count][];
        Arrays.setAll(spread, i -> rows[(int) ((long) i * rows.length / count)]);
        return spread;
    }

    private void reached(int step) {
        workers.watch().clustering(Math.min(step, steps), steps);
    }

    private void divide(float[][] parents, int wanted) {
        float[][][] rowsOfParent = rowsOf(parents);
        double given = 0;
        for (int parent = 0; parent < parents.length; parent++) {
            double upTo = given + (double) wanted * rowsOfParent[parent].length / rows.length;
            int count = Math.max(1, (int) (Math.round(upTo) - Math.round(given)));
            given = upTo;
            for (float[] cell : cellsOf(rowsOfParent[parent], parents[parent], count, seed + parent)) {
                cells.add(cell);
                parentOfCell.add(parent);
            }
            reached(KMeans.ITERATIONS + parent + 1);
        }
    }

    /** The parent itself stands for its cells where it has no rows. */
    private float[][] cellsOf(float[][] own, float[] parent, int count, long ownSeed) {
        return own.length == 0
                ? new float[][] {parent}
                : KMeans.run(own, spherical, count, ownSeed, workers, iteration -> {})
                        .centroids();
    }

    private float[][][] rowsOf(float[][] parents) {
        int[] parentOfRow = assigned(new FlatCells(parents));
        List<List<float[]>> byParent = new ArrayList<>();
        for (int parent = 0; parent < parents.length; parent++) {
            byParent.add(new ArrayList<>());
        }
        for (int row = 0; row < rows.length; row++) {
            byParent.get(parentOfRow[row]).add(rows[row]);
        }
        return byParent.stream().map(own -> own.toArray(float[][]::new)).toArray(float[][][]::new);
    }

    private int[] assigned(CellFinder finder) {
        int[] cellOfRow = new int[rows.length];
        workers.forAll(rows.length, (from, to) -> finder.assign(rows, from, to, cellOfRow));
        return cellOfRow;
    }

    private FoundCells mend(float[][] parents) {
        Clusters clusters = new Clusters(rows, spherical, cells.toArray(float[][]::new), workers);
        int[] owners = parentOfCell.stream().mapToInt(Integer::intValue).toArray();
        clusters.assign(finder(parents, owners, clusters));
        clusters.moveCentroids();
        reached(steps - 1);
        clusters.assign(finder(parents, owners, clusters));
        int[] kept = Arrays.stream(clusters.filled()).map(cell -> owners[cell]).toArray();
        Clusters.Result result = clusters.withoutEmpty();
        ParentCells upper = calibrated(parents, kept, result.centroids());
        reached(steps);
        return new FoundCells(result.centroids(), result.sizes(), upper);
    }

    private CellFinder finder(float[][] parents, int[] owners, Clusters clusters) {
        float[][] centroids = clusters.centroids();
        return CellFinder.of(centroids, calibrated(parents, owners, centroids));
    }

    /** Few cells are found without parents. */
    private @Nullable ParentCells calibrated(float[][] parents, int[] owners, float[][] centroids) {
        if ((long) centroids.length * centroids[0].length < CellFinder.TWO_LEVELS_FROM) {
            return null;
        }
        return ParentCells.calibrated(parents, owners, centroids, spread(CALIBRATION_QUERIES), workers);
    }
}
