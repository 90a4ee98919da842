package io.voronode.systemtests;

import java.util.Random;

/** Seeds of random tests: drawn anew in each run, or given by {@code -Dvoronode.seed=N} to repeat one. */
public final class Seeds {
    private Seeds() {}

    public static long next(String test) {
        Long given = Long.getLong("voronode.seed");
        long seed = given != null ? given : new Random().nextLong();
        System.out.println(test + ": -Dvoronode.seed=" + seed);
        return seed;
    }

    public static float[] vector(Random random, int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }
}
