package io.voronode.engine.simd;

import java.lang.foreign.MemorySegment;

/**
 * Sums over records of quantized vectors in a memory segment, such as a mapped index file, a few records at a time. Separate from {@link
 * SegmentKernels} because they never see float32 rows. Stateless; arguments are borrowed; the caller keeps the segment's
 * arena open for the call.
 *
 * <h2>Records of four-bit codes</h2>
 *
 * <p>One vector each: {@code dimension / 2} bytes, byte i with coordinate i in its low and coordinate {@code i + dimension
 * / 2} in its high half; whatever follows up to the stride is not looked at.
 *
 * <h2>Records of bytes</h2>
 *
 * <p>One vector each: a signed byte a coordinate, and what follows.
 */
public sealed interface RecordKernels permits ScalarRecordKernels, PanamaRecordKernels {

    /** The fastest kernels that this JVM can run. */
    static RecordKernels best() {
        return KernelChoice.RECORDS;
    }

    /**
     * {@code out[i] = ⟨code of record places[i], query⟩}, for i < count.
     *
     * @param query as many coordinates as a code has: a multiple of 64
     * @param records record 0 begins at {@code offset}
     * @param stride bytes from one record to the next
     */
    void fourBitDots(
            float[] query, MemorySegment records, long offset, int stride, int[] places, int count, float[] out);

    /**
     * {@code out[i] = Σ b · query}, b being the signed bytes of record places[i], for i < count.
     *
     * @param query as many coordinates as a record has bytes to be multiplied
     * @param records record 0 begins at {@code offset}
     * @param stride bytes from one record to the next
     */
    void byteDots(float[] query, MemorySegment records, long offset, int stride, int[] places, int count, float[] out);

    /**
     * {@code out[i] = Σ |query − (middle + step · b)|} for i < count, where the record's bytes b are followed by two little-endian
     * float32, step and middle. Arguments as for {@link #byteDots}.
     */
    void byteManhattans(
            float[] query, MemorySegment records, long offset, int stride, int[] places, int count, float[] out);
}
