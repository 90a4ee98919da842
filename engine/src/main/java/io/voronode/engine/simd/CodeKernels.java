package io.voronode.engine.simd;

import java.lang.foreign.MemorySegment;

/**
 * Looks through scan codes of quantized vectors in a memory segment, such as a mapped index file. Stateless; arguments are borrowed; the caller keeps the segment's
 * arena open for the call. The twins find the same vectors, to the bit: what is summed are integers, and the float32
 * arithmetic after it is spelled out.
 *
 * <h2>Blocks of scan codes</h2>
 *
 * <p>{@link #LANES} vectors lie side by side. A scan code is {@code rows} bytes, each half byte an index into one of the
 * query's {@link NibbleTables}. A block is, in this order:
 *
 * <ul>
 *   <li>{@code rows} rows of {@link #LANES} bytes: byte r of every code. Vector {@code 16g + i} lies in lane {@code 4i + g}, so that
 *       widening bytes to ints needs no moves across lanes.
 *   <li>a row of addends and a row of factors, one unsigned byte a vector, in the same lanes
 *   <li>four little-endian float32: the least addend, the step between addends, the least factor, the step between
 *       factors; then zeros up to {@link #HEADER_BYTES}
 * </ul>
 */
public sealed interface CodeKernels permits ScalarCodeKernels, PanamaCodeKernels {

    /** Vectors in a block. */
    int LANES = 64;

    /** Bytes of a block that hold the scales of addends and factors: a row, so that all rows are aligned. */
    int HEADER_BYTES = 64;

    /** The fastest kernels that this JVM can run. */
    static CodeKernels best() {
        return KernelChoice.CODES;
    }

    /** Bytes of one block of codes of so many rows. */
    static int blockBytes(int rows) {
        return (rows + 2) * LANES + HEADER_BYTES;
    }

    /** The lane of a vector of a block. */
    static int lane(int vector) {
        return 4 * (vector % 16) + vector / 16;
    }

    /**
     * Finds the vectors of a posting list that may be near enough: those with {@code addend + factor · (scale · sum +
     * shift) ≤ limit}, sum being the query's table entries that the code names. All products are fused with the sums
     * they are part of.
     *
     * @param blocks the list begins at {@code offset}
     * @param count vectors in the list
     * @param places receives the places in the list, in no order; room for {@code count}
     * @return how many were found
     */
    int findNear(
            MemorySegment blocks, long offset, int count, NibbleTables tables, float shift, float limit, int[] places);

    /**
     * What {@link #findNear} compares with its limit: {@code out[i] = addend + factor · (scale · sum + shift)}, for i < count.
     *
     * @param out room for whole blocks; past {@code count} something is written that says nothing
     */
    void lowerBounds(MemorySegment blocks, long offset, int count, NibbleTables tables, float shift, float[] out);

    /**
     * Fills the tables of a query; see {@link NibbleTables}. Entry v of a table is what value v of the half byte adds to the inner
     * product, above what the least one adds, times {@code perLevel}, rounded.
     */
    void fillTables(float[] query, int bits, float perLevel, byte[] tables, int tableCount);
}
