package io.voronode.engine.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The fast twin of {@link ScalarKernels}, on jdk.incubator.vector. Written for C2: the species is a constant, methods
 * are small and one per shape, accumulators are named locals (four of them, to hide the latency of fused multiply-add),
 * and off-heap memory has its own class ({@link PanamaSegmentKernels}), because a kernel that sees both kinds of memory
 * runs at half speed.
 */
public final class PanamaKernels implements VectorKernels {

    /** Never wider than half a block of centroids, which is read by two registers at a time. */
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED.length() > CentroidKernels.LANES / 2
            ? FloatVector.SPECIES_512
            : FloatVector.SPECIES_PREFERRED;

    private static final int WIDTH = SPECIES.length();

    @Override
    public float dot(float[] a, float[] b) {
        Shapes.requireSameLength(a, b);
        int i = 0;
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (; i <= a.length - 4 * WIDTH; i += 4 * WIDTH) {
            s0 = load(a, i).fma(load(b, i), s0);
            s1 = load(a, i + WIDTH).fma(load(b, i + WIDTH), s1);
            s2 = load(a, i + 2 * WIDTH).fma(load(b, i + 2 * WIDTH), s2);
            s3 = load(a, i + 3 * WIDTH).fma(load(b, i + 3 * WIDTH), s3);
        }
        for (; i <= a.length - WIDTH; i += WIDTH) {
            s0 = load(a, i).fma(load(b, i), s0);
        }
        float sum = s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
        for (; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    @Override
    public float squaredDistance(float[] a, float[] b) {
        Shapes.requireSameLength(a, b);
        int i = 0;
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (; i <= a.length - 4 * WIDTH; i += 4 * WIDTH) {
            s0 = addSquare(load(a, i).sub(load(b, i)), s0);
            s1 = addSquare(load(a, i + WIDTH).sub(load(b, i + WIDTH)), s1);
            s2 = addSquare(load(a, i + 2 * WIDTH).sub(load(b, i + 2 * WIDTH)), s2);
            s3 = addSquare(load(a, i + 3 * WIDTH).sub(load(b, i + 3 * WIDTH)), s3);
        }
        for (; i <= a.length - WIDTH; i += WIDTH) {
            s0 = addSquare(load(a, i).sub(load(b, i)), s0);
        }
        float sum = s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
        for (; i < a.length; i++) {
            float difference = a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }

    @Override
    public float manhattan(float[] a, float[] b) {
        Shapes.requireSameLength(a, b);
        int i = 0;
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        for (; i <= a.length - 2 * WIDTH; i += 2 * WIDTH) {
            s0 = s0.add(load(a, i).sub(load(b, i)).abs());
            s1 = s1.add(load(a, i + WIDTH).sub(load(b, i + WIDTH)).abs());
        }
        for (; i <= a.length - WIDTH; i += WIDTH) {
            s0 = s0.add(load(a, i).sub(load(b, i)).abs());
        }
        float sum = s0.add(s1).reduceLanes(VectorOperators.ADD);
        for (; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]);
        }
        return sum;
    }

    private static FloatVector load(float[] array, int offset) {
        return FloatVector.fromArray(SPECIES, array, offset);
    }

    private static FloatVector addSquare(FloatVector difference, FloatVector sum) {
        return difference.fma(difference, sum);
    }
}
