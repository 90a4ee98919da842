package io.voronode.benchmarks.data;

import io.voronode.engine.simd.Metric;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Vectors made like embeddings, of a known intrinsic dimension. A point is drawn in {@value #INTRINSIC_DIMENSION}
 * dimensions around one of {@value #CLUSTERS} Gaussian clusters, carried into {@value #DIMENSION} by one random linear
 * map, given some noise in every coordinate, and scaled to length 1. Same vectors for the same count, on any machine and
 * number of threads.
 */
final class SyntheticEmbeddings {

    static final int DIMENSION = 768;
    static final int INTRINSIC_DIMENSION = 32;
    static final int CLUSTERS = 1_000;

    /** Of a cluster, where the clusters themselves have spread 1. */
    private static final double SPREAD = 0.5;

    /** Length of the noise, where a point without it is about √(1 + SPREAD²) long. */
    private static final double NOISE = 0.1;

    /** Names these numbers: another choice is another data set. */
    static final String RECIPE = "v1";

    private static final long SEED = 2026;

    private SyntheticEmbeddings() {}

    static Dataset make(String name, int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[][] clusters = gaussian(random, CLUSTERS, INTRINSIC_DIMENSION, 1 / Math.sqrt(INTRINSIC_DIMENSION));
        float[][] map = gaussian(random, INTRINSIC_DIMENSION, DIMENSION, 1 / Math.sqrt(DIMENSION));
        float[][] vectors = IntStream.range(0, count)
                .parallel()
                .mapToObj(row -> vector(new SplittableRandom(SEED * 31 + row), clusters, map))
                .toArray(float[][]::new);
        return Dataset.ofRaw(name, Metric.COSINE, vectors);
    }

    private static float[] vector(SplittableRandom random, float[][] clusters, float[][] map) {
        float[] vector = gaussian(random, 1, DIMENSION, NOISE / Math.sqrt(DIMENSION))[0];
        float[] cluster = clusters[random.nextInt(CLUSTERS)];
        double scale = SPREAD / Math.sqrt(INTRINSIC_DIMENSION);
        for (int i = 0; i < INTRINSIC_DIMENSION; i++) {
            float coordinate = cluster[i] + (float) (scale * random.nextGaussian());
            float[] direction = map[i];
            for (int d = 0; d < DIMENSION; d++) {
                vector[d] += coordinate * direction[d];
            }
        }
        return vector;
    }

    private static float[][] gaussian(SplittableRandom random, int count, int dimension, double scale) {
        float[][] vectors = new float[count][dimension];
        for (float[] vector : vectors) {
            for (int d = 0; d < dimension; d++) {
                vector[d] = (float) (scale * random.nextGaussian());
            }
        }
        return vectors;
    }
}
