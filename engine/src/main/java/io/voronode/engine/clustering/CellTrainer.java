package io.voronode.engine.clustering;

import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a {@link CellMap} from a sample of a collection's vectors: k-means ({@link KMeans}) in the space of the metric,
 * then cells grouped into shards ({@link ShardGrouping}, {@link ShardRefinement}). A pure function of its arguments; the calling thread works
 * and is joined by the threads that the spec allows, all gone when it returns.
 */
public final class CellTrainer {

    /** Rows that serve as queries when cells are grouped: each cell is then probed by about a hundred of them. */
    private static final int QUERIES_PER_CELL = 4;

    /** Cells that a query probes, about what a recall of 0.9 takes. */
    private static final int QUERY_PROBES = 24;

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
        CellSpace space = new CellSpace(spec.metric(), spec.dimension(), maxNorm(sample, spec));
        float[][] points = points(sample, space);
        try (Workers workers = new Workers(spec.threads(), watch)) {
            boolean spherical = spec.metric() == Metric.COSINE;
            Clusters.Result cells = KMeans.run(points, spherical, spec.cellCount(), spec.seed(), workers);
            watch.grouping();
            float[][] queries = queries(sample, points, space, cells.sizes().length);
            int[] shards = group(cells, queries, spec, workers);
            CellMap map = new CellMap(space, spec.seed(), imbalance(cells.sizes()), cells.centroids(), shards);
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

    private static float[][] points(float[][] sample, CellSpace space) {
        float[][] points = new float[sample.length][];
        for (int i = 0; i < sample.length; i++) {
            requireFinite(sample[i], i);
            points[i] = space.ofStored(sample[i]);
            if (space.metric() == Metric.COSINE) {
                points[i] = normalized(sample[i], i);
            }
        }
        return points;
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

    /** Rows of the sample as queries. */
    private static float[][] queries(float[][] sample, float[][] points, CellSpace space, int cellCount) {
        int count = (int) Math.min(sample.length, (long) QUERIES_PER_CELL * cellCount);
        float[][] vectors = space.metric() == Metric.DOT ? sample : points;
        float[][] queries = new float[count][];
        Arrays.setAll(queries, i -> space.ofQuery(vectors[(int) ((long) i * sample.length / count)]));
        return queries;
    }

    private static int[] group(Clusters.Result cells, float[][] queries, CellTraining spec, Workers workers) {
        int[] sizes = cells.sizes();
        int[] shards = ShardGrouping.group(cells.centroids(), sizes, spec.shardCount());
        if (spec.shardCount() == 1) {
            return shards;
        }
        CentroidTable table = new CentroidTable(cells.centroids());
        int probes = Math.min(QUERY_PROBES, table.count());
        int[][] probed = new int[queries.length][];
        workers.forAll(queries.length, (from, to) -> {
            for (int query = from; query < to; query++) {
                probed[query] = CellRanking.ofThread()
                        .rank(table, queries[query], probes)
                        .cells();
            }
        });
        double capacity = ShardGrouping.capacity(sizes, Math.min(spec.shardCount(), sizes.length));
        return ShardRefinement.refine(shards, sizes, probed, capacity, spec.seed(), workers);
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
