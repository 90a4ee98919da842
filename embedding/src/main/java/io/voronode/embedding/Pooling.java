package io.voronode.embedding;

import java.nio.FloatBuffer;

/** Mean pooling and scaling, as sentence-transformers does for its MiniLM models. Pure functions. */
final class Pooling {

    private Pooling() {}

    /**
     * The mean of the first {@code tokenCount} rows of one text, scaled to unit length.
     *
     * @param hidden token vectors of a batch, row after row
     * @param firstRow the text's first row
     */
    static float[] unitMean(FloatBuffer hidden, int firstRow, int tokenCount, int dimension) {
        float[] sum = new float[dimension];
        float[] row = new float[dimension];
        for (int i = 0; i < tokenCount; i++) {
            hidden.get((firstRow + i) * dimension, row);
            for (int d = 0; d < dimension; d++) {
                sum[d] += row[d];
            }
        }
        return scaledToUnitLength(sum);
    }

    /** Scaling the sum gives the same as scaling the mean. */
    private static float[] scaledToUnitLength(float[] vector) {
        double squares = 0;
        for (float x : vector) {
            squares += (double) x * x;
        }
        if (!(squares > 0 && Double.isFinite(squares))) {
            throw new ArithmeticException("a vector of squared length " + squares + " has no direction");
        }
        float scale = (float) (1 / Math.sqrt(squares));
        for (int d = 0; d < vector.length; d++) {
            vector[d] *= scale;
        }
        return vector;
    }
}
