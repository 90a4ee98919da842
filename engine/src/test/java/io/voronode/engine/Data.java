package io.voronode.engine;

import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import java.util.SplittableRandom;

/** Seeded vectors for tests. */
public final class Data {

    private Data() {}

    public static float[] gaussian(SplittableRandom random, int dimension) {
        float[] vector = new float[dimension];
        for (int d = 0; d < dimension; d++) {
            vector[d] = (float) random.nextGaussian();
        }
        return vector;
    }

    public static float[][] gaussian(SplittableRandom random, int count, int dimension) {
        float[][] vectors = new float[count][];
        for (int i = 0; i < count; i++) {
            vectors[i] = gaussian(random, dimension);
        }
        return vectors;
    }

    /** Vectors around a few random centers, as embeddings lie. */
    public static float[][] clustered(SplittableRandom random, int count, int dimension, int clusters) {
        float[][] around = gaussian(random, clusters, dimension);
        float[][] vectors = gaussian(random, count, dimension);
        for (float[] vector : vectors) {
            float[] cluster = around[random.nextInt(clusters)];
            for (int d = 0; d < dimension; d++) {
                vector[d] = cluster[d] + 0.3f * vector[d];
            }
        }
        return vectors;
    }

    /** The vectors as an index of this metric stores them: normalised, in place, for COSINE. */
    public static float[][] stored(Metric metric, float[][] vectors) {
        for (float[] vector : vectors) {
            stored(metric, vector);
        }
        return vectors;
    }

    public static float[] stored(Metric metric, float[] vector) {
        if (metric == Metric.COSINE) {
            Vectors.normalize(vector);
        }
        return vector;
    }
}
