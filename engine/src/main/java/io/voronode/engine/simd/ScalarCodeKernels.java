package io.voronode.engine.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The plain twin of {@link PanamaCodeKernels}. */
public final class ScalarCodeKernels implements CodeKernels {

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public int findNear(
            MemorySegment blocks, long offset, int count, NibbleTables tables, float shift, float limit, int[] places) {
        Shapes.requireBlocks(blocks, offset, count, tables.rows(), places);
        int blockBytes = CodeKernels.blockBytes(tables.rows());
        int found = 0;
        for (int i = 0; i < count; i++) {
            long block = offset + (long) (i / LANES) * blockBytes;
            if (lowerBound(blocks, block, CodeKernels.lane(i % LANES), tables, shift) <= limit) {
                places[found++] = i;
            }
        }
        return found;
    }

    @Override
    public void lowerBounds(
            MemorySegment blocks, long offset, int count, NibbleTables tables, float shift, float[] out) {
        Shapes.requireBounds(blocks, offset, count, tables.rows(), out);
        int blockBytes = CodeKernels.blockBytes(tables.rows());
        for (int i = 0; i < count; i++) {
            long block = offset + (long) (i / LANES) * blockBytes;
            out[i] = lowerBound(blocks, block, CodeKernels.lane(i % LANES), tables, shift);
        }
    }

    private static float lowerBound(MemorySegment blocks, long block, int lane, NibbleTables tables, float shift) {
        long factors = block + (long) tables.rows() * LANES;
        long header = factors + 2 * LANES;
        float addend = Math.fma(
                blocks.get(BYTE, factors + lane) & 0xFF,
                blocks.get(FLOAT, header + Float.BYTES),
                blocks.get(FLOAT, header));
        float factor = Math.fma(
                blocks.get(BYTE, factors + LANES + lane) & 0xFF,
                blocks.get(FLOAT, header + 3 * Float.BYTES),
                blocks.get(FLOAT, header + 2 * Float.BYTES));
        return Math.fma(factor, Math.fma(sum(blocks, block, lane, tables), tables.scale(), shift), addend);
    }

    private static int sum(MemorySegment blocks, long block, int lane, NibbleTables tables) {
        byte[] entries = tables.tables();
        int sum = 0;
        for (int row = 0; row < tables.rows(); row++) {
            int code = blocks.get(BYTE, block + (long) row * LANES + lane);
            sum += entries[2 * row * NibbleTables.TABLE_BYTES + (code & 0xF)];
            sum += entries[(2 * row + 1) * NibbleTables.TABLE_BYTES + (code >>> 4 & 0xF)];
        }
        return sum;
    }

    @Override
    public void fillTables(float[] query, int bits, float perLevel, byte[] tables, int tableCount) {
        int perTable = 4 / bits;
        for (int table = 0; table < tableCount; table++) {
            for (int at = 0; at < NibbleTables.TABLE_BYTES; at++) {
                tables[table * NibbleTables.TABLE_BYTES + at] =
                        (byte) level(query, table * perTable, bits, at % NibbleTables.ENTRIES, perLevel);
            }
        }
    }

    /** How much one value of a half byte adds, above what the least one adds, in levels. */
    private static int level(float[] query, int first, int bits, int value, float perLevel) {
        int largest = (1 << bits) - 1;
        float sum = 0;
        for (int i = 0; i < 4 / bits; i++) {
            int coordinate = (value >>> (i * bits)) & largest;
            float x = query[first + i];
            sum = Math.fma(Math.abs(x), x < 0 ? largest - coordinate : coordinate, sum);
        }
        return (int) Math.fma(sum, perLevel, 0.5f);
    }
}
