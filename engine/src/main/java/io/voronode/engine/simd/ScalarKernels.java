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

    @Override
    public void scanTransposed(float[] query, float[] blocks, float[] out) {
        int blockCount = Shapes.requireBlocks(query, blocks, out);
        for (int block = 0; block < blockCount; block++) {
            for (int lane = 0; lane < LANES; lane++) {
                out[block * LANES + lane] = lane(query, blocks, block * LANES * query.length + lane);
            }
        }
    }

    private static float lane(float[] query, float[] blocks, int base) {
        float sum = 0;
        for (int d = 0; d < query.length; d++) {
            float difference = query[d] - blocks[base + d * LANES];
            sum += difference * difference;
        }
        return sum;
    }
}
