package io.voronode.engine.simd;

import java.lang.foreign.MemorySegment;

/** Argument checks that both twins of the kernels share: once per call, never per element. */
final class Shapes {

    private Shapes() {}

    static void requireSameLength(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("dimension " + a.length + " != " + b.length);
        }
    }

    /** Returns how many blocks there are. */
    static int requireBlocks(float[] query, float[] blocks, float[] out) {
        int floatsPerBlock = Math.multiplyExact(query.length, VectorKernels.LANES);
        if (floatsPerBlock == 0 || blocks.length % floatsPerBlock != 0) {
            throw new IllegalArgumentException(blocks.length + " floats are not blocks of " + floatsPerBlock);
        }
        int blockCount = blocks.length / floatsPerBlock;
        if (out.length < blockCount * VectorKernels.LANES) {
            throw new IllegalArgumentException(
                    "room for " + out.length + " distances, need " + blockCount * VectorKernels.LANES);
        }
        return blockCount;
    }

    /** Checks every row once, so that the loops over a row need no check of their own. */
    static void requireRows(float[] query, MemorySegment rows, int[] ordinals, int count, float[] out) {
        if (count > ordinals.length || count > out.length) {
            throw new IllegalArgumentException(
                    "count " + count + " > " + ordinals.length + " ordinals or " + out.length + " distances");
        }
        long rowBytes = (long) query.length * Float.BYTES;
        for (int i = 0; i < count; i++) {
            if (ordinals[i] < 0 || (ordinals[i] + 1L) * rowBytes > rows.byteSize()) {
                throw new IndexOutOfBoundsException(
                        "ordinal " + ordinals[i] + " outside " + rows.byteSize() / Math.max(1, rowBytes) + " vectors");
            }
        }
    }
}
