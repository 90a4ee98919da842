package io.voronode.benchmarks;

import io.voronode.engine.simd.Vectors;
import java.util.SplittableRandom;

/** Seeded unit vectors around random directions, roughly as embeddings lie. */
final class SyntheticVectors {

    private static final float SPREAD = 0.8f;

    private SyntheticVectors() {}

    static float[][] clustered(long seed, int count, int dimension, int clusters) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][] around = gaussian(random, clusters, dimension);
        float[][] vectors = gaussian(random, count, dimension);
        for (float[] vector : vectors) {
            float[] cluster = around[random.nextInt(clusters)];
            for (int d = 0; d < dimension; d++) {
                vector[d] = cluster[d] + SPREAD * vector[d];
            }
            Vectors.normalize(vector);
        }
        return vectors;
    }

    private static float[][] gaussian(SplittableRandom random, int count, int dimension) {
        float[][] vectors = new float[count][dimension];
        for (float[] vector : vectors) {
            for (int d = 0; d < dimension; d++) {
                vector[d] = (float) random.nextGaussian();
            }
        }
        return vectors;
    }
}
