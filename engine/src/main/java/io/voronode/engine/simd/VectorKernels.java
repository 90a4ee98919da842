package io.voronode.engine.simd;

/**
 * Arithmetic over float32 vectors on the heap. {@link ScalarKernels} is the plain twin that says what is meant, {@link
 * PanamaKernels} the fast one; {@link KernelChoice} is the one place that picks. Stateless, so any thread may call, but
 * platform threads should: these loops never block. Arguments are borrowed and, but for {@code out}, only read.
 */
public sealed interface VectorKernels permits ScalarKernels, PanamaKernels {

    /** The fastest kernels that this JVM can run. */
    static VectorKernels best() {
        return KernelChoice.HEAP;
    }

    /** ⟨a,b⟩ of two vectors of one length. */
    float dot(float[] a, float[] b);

    /** ‖a−b‖² of two vectors of one length. */
    float squaredDistance(float[] a, float[] b);

    /** Σ|aᵢ−bᵢ| of two vectors of one length. */
    float manhattan(float[] a, float[] b);
}
