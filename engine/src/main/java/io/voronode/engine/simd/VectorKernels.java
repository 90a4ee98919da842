package io.voronode.engine.simd;

/**
 * Arithmetic over float32 vectors on the heap. {@link ScalarKernels} is the plain twin that says what is meant, {@link
 * PanamaKernels} the fast one; {@link KernelChoice} is the one place that picks. Stateless, so any thread may call, but
 * platform threads should: these loops never block. Arguments are borrowed and, but for {@code out}, only read.
 */
public sealed interface VectorKernels permits ScalarKernels, PanamaKernels {

    /** Centroids are transposed in groups of this many: one AVX-512 register, two AVX2 or four NEON registers. */
    int LANES = 16;

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

    /**
     * Squared distances from a query to many vectors laid out as {@code [block][dimension][LANES]}. Differences are
     * squared as they are (no norm expansion), so data far from the origin loses no precision.
     *
     * @param query of the blocks' dimension
     * @param blocks a multiple of {@code query.length × LANES} floats
     * @param out receives {@code blocks.length / query.length} distances
     */
    void scanTransposed(float[] query, float[] blocks, float[] out);
}
