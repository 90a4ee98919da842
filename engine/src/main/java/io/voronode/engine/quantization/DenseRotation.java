package io.voronode.engine.quantization;

import io.voronode.engine.simd.TransformKernels;

/** A matrix with orthonormal columns: normally distributed ones, made orthogonal by Gram and Schmidt's method. */
final class DenseRotation extends Rotation {

    /** Column by column. */
    private final float[] columns;

    DenseRotation(long seed, int coordinates) {
        super(coordinates);
        this.columns = new float[coordinates * outputs()];
        double[][] orthonormal = draw(new SplitMix(seed), coordinates, dimension());
        for (int i = 0; i < coordinates; i++) {
            for (int j = 0; j < dimension(); j++) {
                columns[i * outputs() + j] = (float) orthonormal[i][j];
            }
        }
    }

    private static double[][] draw(SplitMix random, int count, int length) {
        double[][] columns = new double[count][length];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < length; j++) {
                columns[i][j] = random.gaussian();
            }
            // Twice: once is not enough where a column comes out nearly parallel to the ones before.
            removeParts(columns, i);
            removeParts(columns, i);
            scale(columns[i], 1 / Math.sqrt(dot(columns[i], columns[i])));
        }
        return columns;
    }

    private static void removeParts(double[][] columns, int column) {
        for (int other = 0; other < column; other++) {
            double part = dot(columns[column], columns[other]);
            for (int j = 0; j < columns[column].length; j++) {
                columns[column][j] -= part * columns[other][j];
            }
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void scale(double[] a, double factor) {
        for (int i = 0; i < a.length; i++) {
            a[i] *= factor;
        }
    }

    @Override
    void rotate(float[] x, float[] out) {
        TransformKernels.best().multiply(x, columns, out);
    }
}
