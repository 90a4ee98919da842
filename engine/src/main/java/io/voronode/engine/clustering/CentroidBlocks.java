package io.voronode.engine.clustering;

import io.voronode.engine.simd.VectorKernels;

/** Centroids transposed for {@link VectorKernels#scanTransposed}. Immutable; any thread, each with its own scratch. */
final class CentroidBlocks {

    private final float[] blocks;
    private final int count;
    private final int lanes;

    CentroidBlocks(float[][] centroids, int coordinates) {
        count = centroids.length;
        int blockCount = (count + VectorKernels.LANES - 1) / VectorKernels.LANES;
        lanes = blockCount * VectorKernels.LANES;
        blocks = new float[Math.multiplyExact(lanes, coordinates)];
        for (int cell = 0; cell < count; cell++) {
            int base = cell / VectorKernels.LANES * VectorKernels.LANES * coordinates + cell % VectorKernels.LANES;
            for (int d = 0; d < coordinates; d++) {
                blocks[base + d * VectorKernels.LANES] = centroids[cell][d];
            }
        }
    }

    /** Room for the distances of one scan; the lanes past the last centroid hold noise. */
    float[] scratch() {
        return new float[lanes];
    }

    /** Squared distances to all centroids. */
    void distances(float[] point, float[] scratch) {
        VectorKernels.best().scanTransposed(point, blocks, scratch);
    }

    /** The nearest centroid, the lowest of equals; its distance is then in {@code scratch}. */
    int nearest(float[] point, float[] scratch) {
        distances(point, scratch);
        int best = 0;
        for (int cell = 1; cell < count; cell++) {
            if (scratch[cell] < scratch[best]) {
                best = cell;
            }
        }
        return best;
    }

    /** The centroid with the least {@code distance × weight}. */
    int nearestWeighted(float[] point, float[] weights, float[] scratch) {
        distances(point, scratch);
        int best = 0;
        float least = scratch[0] * weights[0];
        for (int cell = 1; cell < count; cell++) {
            float cost = scratch[cell] * weights[cell];
            if (cost < least) {
                least = cost;
                best = cell;
            }
        }
        return best;
    }
}
