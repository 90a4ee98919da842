package io.voronode.engine.clustering;

import io.voronode.engine.quantization.ProductQuantizer;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a {@link CellMap} from a sample of a collection's vectors: k-means ({@link KMeans}, for many cells {@link
 * TwoLevelKMeans}) in the space of the metric, then cells numbered ({@link CellOrder}) and grouped into shards ({@link ShardGrouping}, {@link ShardRefinement}). A pure function of its arguments; the calling thread works
 * and is joined by the threads that the spec allows, all gone when it returns.
 */
public final class CellTrainer {

    private static final Logger LOG = LoggerFactory.getLogger(CellTrainer.class);

    private CellTrainer() {}

    /**
     * Trains cells.
     *
     * @param sample 64–256 vectors per cell wanted; borrowed and only read; for COSINE of any length but zero. None
     *     gives one cell.
     * @param watch may end the training, and is told how far it is
     * @throws CancellationException if cancelled
     * @throws IllegalArgumentException for a vector of another dimension, one that is not finite, or a zero one with
     *     COSINE
     */
    public static CellMap train(float[][] sample, CellTraining spec, TrainingWatch watch) {
        if (sample.length == 0) {
            return CellMap.single(spec.metric(), spec.dimension());
        }
        float[][] stored = stored(sample, spec.metric());
        CellSpace space = new CellSpace(spec.metric(), spec.dimension(), maxNorm(sample, spec));
        float[][] points = Arrays.stream(stored).map(space::ofStored).toArray(float[][]::new);
        try (Workers workers = new Workers(spec.threads(), watch)) {
            FoundCells cells = CellOrder.chained(cluster(points, spec, workers));
            watch.grouping();
            int[] shards = group(cells, stored, space, spec, workers);
            ProductQuantizer product = spec.productQuantizer() ? productQuantizer(points, cells, spec, workers) : null;
            CellMap map = new CellMap(
                    space, spec.seed(), imbalance(cells.sizes()), cells.centroids(), cells.parents(), shards, product);
            LOG.debug("trained {} from {} vectors", map, sample.length);
            return map;
        }
    }

    private static float maxNorm(float[][] sample, CellTraining spec) {
        if (spec.metric() != Metric.DOT) {
            return 0;
        }
        return (float) Arrays.stream(sample).mapToDouble(Vectors::norm).max().orElse(0);
    }

    /** The vectors as the index stores them. */
    private static float[][] stored(float[][] sample, Metric metric) {
        float[][] stored = sample.clone();
        for (int i = 0; i < sample.length; i++) {
            requireFinite(sample[i], i);
            stored[i] = metric == Metric.COSINE ? normalized(sample[i], i) : sample[i];
        }
        return stored;
    }

    private static void requireFinite(float[] vector, int index) {
        int bad = Vectors.firstNonFinite(vector);
        if (bad >= 0) {
            throw new IllegalArgumentException("vector " + index + ": coordinate " + bad + " is " + vector[bad]);
        }
    }

    private static float[] normalized(float[] vector, int index) {
        float[] copy = vector.clone();
        if (!Vectors.normalize(copy)) {
            throw new IllegalArgumentException("vector " + index + " is zero, which COSINE has no direction for");
        }
        return copy;
    }

    private static FoundCells cluster(float[][] points, CellTraining spec, Workers workers) {
        boolean spherical = spec.metric() == Metric.COSINE;
        if (spec.cellCount() >= TwoLevelKMeans.MIN_CELLS) {
            return TwoLevelKMeans.run(points, spherical, spec.cellCount(), spec.seed(), workers);
        }
        Clusters.Result cells = KMeans.run(
                points,
                spherical,
                spec.cellCount(),
                spec.seed(),
                workers,
                done -> workers.watch().clustering(done, KMeans.ITERATIONS));
        return new FoundCells(cells.centroids(), cells.sizes(), null);
    }

    /** The shard of each cell: by where cells are, then by what queries probe. */
    private static int[] group(
            FoundCells cells, float[][] sample, CellSpace space, CellTraining spec, Workers workers) {
        int[] sizes = cells.sizes();
        int shardCount = Math.min(spec.shardCount(), sizes.length);
        int[] shards = ShardGrouping.group(cells.centroids(), sizes, shardCount);
        if (shardCount == 1) {
            return shards;
        }
        int[][] probed = ProbedCells.of(sample, space, cells, workers);
        double capacity = ShardGrouping.capacity(sizes, shardCount);
        return ShardRefinement.refine(shards, sizes, probed, capacity, spec.seed(), workers);
    }

    /** Trained on what is left of points of the sample, taken evenly, without the centroid of their cell. */
    private static ProductQuantizer productQuantizer(
            float[][] points, FoundCells cells, CellTraining spec, Workers workers) {
        CellFinder finder = cells.finder();
        float[][] residuals = new float[Math.min(points.length, ProductQuantizer.SAMPLE)][];
        workers.forAll(residuals.length, (from, to) -> {
            float[][] taken = new float[to - from][];
            int[] nearest = new int[to - from];
            for (int i = from; i < to; i++) {
                taken[i - from] = points[(int) ((long) i * points.length / residuals.length)];
            }
            finder.assign(taken, 0, taken.length, nearest);
            for (int i = from; i < to; i++) {
                residuals[i] = difference(taken[i - from], cells.centroids()[nearest[i - from]]);
            }
        });
        return ProductQuantizer.train(residuals, spec.seed());
    }

    private static float[] difference(float[] a, float[] b) {
        float[] difference = a.clone();
        for (int i = 0; i < difference.length; i++) {
            difference[i] -= b[i];
        }
        return difference;
    }

    private static float imbalance(int[] sizes) {
        double sum = 0;
        double squares = 0;
        for (int size : sizes) {
            sum += size;
            squares += (double) size * size;
        }
        return (float) (sizes.length * squares / (sum * sum));
    }
}
