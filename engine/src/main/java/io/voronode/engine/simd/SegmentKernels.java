package io.voronode.engine.simd;

import java.lang.foreign.MemorySegment;

/**
 * Distances from a query on the heap to rows of a memory segment, such as a mapped index file: row-major little-endian
 * float32 of the query's dimension. Separate from {@link VectorKernels} because a kernel that sees heap and off-heap
 * memory runs at half the speed of one that sees either. Stateless; arguments are borrowed; the caller keeps the
 * segment's arena open for the call.
 */
public sealed interface SegmentKernels permits ScalarSegmentKernels, PanamaSegmentKernels {

    /** The fastest kernels that this JVM can run. */
    static SegmentKernels best() {
        return KernelChoice.SEGMENT;
    }

    /** {@code out[i] = ⟨query, row ordinals[i]⟩} for i < count. */
    void dots(float[] query, MemorySegment rows, int[] ordinals, int count, float[] out);

    /** {@code out[i] = ‖query − row ordinals[i]‖²} for i < count. */
    void squaredDistances(float[] query, MemorySegment rows, int[] ordinals, int count, float[] out);

    /** {@code out[i] = Σ|query − row ordinals[i]|} for i < count. */
    void manhattans(float[] query, MemorySegment rows, int[] ordinals, int count, float[] out);
}
