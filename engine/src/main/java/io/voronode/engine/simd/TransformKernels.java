package io.voronode.engine.simd;

/**
 * The two linear transforms that rotations are made of. {@link ScalarTransformKernels} is the plain twin, {@link
 * PanamaTransformKernels} the fast one; both give the same bits. Stateless; arguments are borrowed.
 */
public sealed interface TransformKernels permits ScalarTransformKernels, PanamaTransformKernels {

    /** The fastest kernels that this JVM can run. */
    static TransformKernels best() {
        return KernelChoice.TRANSFORM;
    }

    /**
     * {@code out = Σᵢ x[i] · columns[i]}, each sum in ascending order of i by fused multiply-add.
     *
     * @param columns {@code x.length} columns of {@code out.length} floats, one after the other
     * @param out a multiple of 64 long
     */
    void multiply(float[] x, float[] columns, float[] out);

    /**
     * The fast Walsh–Hadamard transform, not scaled, of {@code length} coordinates in place: strides 1, 2, 4, … one
     * after the other.
     *
     * @param length a power of two, at least 64
     */
    void hadamard(float[] x, int from, int length);
}
