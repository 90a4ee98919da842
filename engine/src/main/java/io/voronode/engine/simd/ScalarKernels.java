package io.voronode.engine.simd;

/** The plain twin of {@link PanamaKernels}: what the kernels mean, and what runs where the vector module is absent. */
public final class ScalarKernels implements VectorKernels {

    @Override
    public float dot(float[] a, float[] b) {
        Shapes.requireSameLength(a, b);
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    @Override
    public float squaredDistance(float[] a, float[] b) {
        Shapes.requireSameLength(a, b);
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            float difference = a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }

    @Override
    public float manhattan(float[] a, float[] b) {
        Shapes.requireSameLength(a, b);
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]);
        }
        return sum;
    }
}
