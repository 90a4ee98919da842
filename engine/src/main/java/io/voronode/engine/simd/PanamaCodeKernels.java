package io.voronode.engine.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The fast twin of {@link ScalarCodeKernels}; the rules of {@link PanamaKernels} hold here too. Vectors lie across the
 * lanes, so a block needs no reduction: each row of half bytes is looked up in its table at once, the entries are summed
 * per lane, and one comparison gives a mask; scalar work happens only where a lane passes. No vector leaves the method
 * that made it, lest it be allocated where a call is not inlined.
 */
public final class PanamaCodeKernels implements CodeKernels {

    private static final VectorSpecies<Float> FLOATS = PanamaKernels.SPECIES;
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
    private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, FLOATS.vectorShape());
    private static final int WIDTH = FLOATS.length();
    private static final int BYTE_WIDTH = BYTES.length();

    /** Bytes that are widened to floats together: as many as a float vector has lanes, but no fewer than Java can load. */
    static final VectorSpecies<Byte> NARROW_BYTES = WIDTH > 8 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /** Vectors whose bytes lie four lanes apart. */
    private static final int GROUP = LANES / 4;

    static final int PARTS = NARROW_BYTES.length() / WIDTH;

    private static final float[] ONE_BIT = steps(1);
    private static final float[] TWO_BITS = steps(2);
    private static final ScalarCodeKernels SCALAR = new ScalarCodeKernels();

    @Override
    public int findNear(
            MemorySegment blocks, long offset, int count, NibbleTables tables, float shift, float limit, int[] places) {
        Shapes.requireBlocks(blocks, offset, count, tables.rows(), places);
        int blockBytes = CodeKernels.blockBytes(tables.rows());
        int found = 0;
        long block = offset;
        for (int first = 0; first < count; first += LANES, block += blockBytes) {
            for (int lane = 0; lane < LANES; lane += BYTE_WIDTH) {
                sumEntries(blocks, block + lane, tables, lane / 4);
            }
            long factors = block + (long) tables.rows() * LANES;
            long near = bounds(blocks, factors, tables, shift, limit, tables.bounds(), 0);
            for (; near != 0; near &= near - 1) {
                int place = first + Long.numberOfTrailingZeros(near);
                if (place < count) {
                    places[found++] = place;
                }
            }
        }
        return found;
    }

    @Override
    public void lowerBounds(
            MemorySegment blocks, long offset, int count, NibbleTables tables, float shift, float[] out) {
        Shapes.requireBounds(blocks, offset, count, tables.rows(), out);
        int blockBytes = CodeKernels.blockBytes(tables.rows());
        long block = offset;
        for (int first = 0; first < count; first += LANES, block += blockBytes) {
            for (int lane = 0; lane < LANES; lane += BYTE_WIDTH) {
                sumEntries(blocks, block + lane, tables, lane / 4);
            }
            bounds(blocks, block + (long) tables.rows() * LANES, tables, shift, 0, out, first);
        }
    }

    /** Sums the entries that {@link #BYTE_WIDTH} lanes name, into the sums of four groups of vectors. */
    private static void sumEntries(MemorySegment blocks, long codes, NibbleTables tables, int firstInGroup) {
        byte[] entries = tables.tables();
        int end = 2 * tables.rows() * NibbleTables.TABLE_BYTES;
        ShortVector both = ByteVector.zero(BYTES).reinterpretAsShorts();
        ShortVector odd = both;
        long at = codes;
        for (int table = 0; table < end; table += 2 * NibbleTables.TABLE_BYTES, at += LANES) {
            ByteVector code = ByteVector.fromMemorySegment(BYTES, blocks, at, ByteOrder.LITTLE_ENDIAN);
            ByteVector low = code.and((byte) 0xF);
            ByteVector high = code.reinterpretAsShorts()
                    .lanewise(VectorOperators.LSHR, 4)
                    .reinterpretAsBytes()
                    .and((byte) 0xF);
            ShortVector pair = low.selectFrom(ByteVector.fromArray(BYTES, entries, table))
                    .add(high.selectFrom(ByteVector.fromArray(BYTES, entries, table + NibbleTables.TABLE_BYTES)))
                    .reinterpretAsShorts();
            both = both.add(pair);
            odd = odd.add(pair.lanewise(VectorOperators.LSHR, 8));
        }
        // What the odd bytes brought into the sums of the even ones goes out again.
        IntVector even = both.sub(odd.lanewise(VectorOperators.LSHL, 8)).reinterpretAsInts();
        IntVector odds = odd.reinterpretAsInts();
        int[] sums = tables.sums();
        even.and(0xFFFF).intoArray(sums, firstInGroup);
        odds.and(0xFFFF).intoArray(sums, firstInGroup + GROUP);
        even.lanewise(VectorOperators.LSHR, 16).intoArray(sums, firstInGroup + 2 * GROUP);
        odds.lanewise(VectorOperators.LSHR, 16).intoArray(sums, firstInGroup + 3 * GROUP);
    }

    /** Writes the bounds of a block; returns a mask of its vectors that are within the limit. */
    private static long bounds(
            MemorySegment blocks, long factors, NibbleTables tables, float shift, float limit, float[] bounds, int at) {
        long header = factors + 2L * LANES;
        FloatVector leastAddend = FloatVector.broadcast(FLOATS, blocks.get(FLOAT, header));
        FloatVector addendStep = FloatVector.broadcast(FLOATS, blocks.get(FLOAT, header + Float.BYTES));
        FloatVector leastFactor = FloatVector.broadcast(FLOATS, blocks.get(FLOAT, header + 2 * Float.BYTES));
        FloatVector factorStep = FloatVector.broadcast(FLOATS, blocks.get(FLOAT, header + 3 * Float.BYTES));
        FloatVector scale = FloatVector.broadcast(FLOATS, tables.scale());
        FloatVector shifts = FloatVector.broadcast(FLOATS, shift);
        int[] sums = tables.sums();
        long near = 0;
        for (int lane = 0; lane < GROUP; lane += WIDTH) {
            long bytes = factors + 4L * lane;
            IntVector addends = IntVector.fromMemorySegment(INTS, blocks, bytes, ByteOrder.LITTLE_ENDIAN);
            IntVector factorBytes = IntVector.fromMemorySegment(INTS, blocks, bytes + LANES, ByteOrder.LITTLE_ENDIAN);
            for (int group = 0; group < 4; group++) {
                int vector = group * GROUP + lane;
                FloatVector addend = (FloatVector) addends.and(0xFF).convertShape(VectorOperators.I2F, FLOATS, 0);
                FloatVector factor = (FloatVector) factorBytes.and(0xFF).convertShape(VectorOperators.I2F, FLOATS, 0);
                FloatVector sum = (FloatVector)
                        IntVector.fromArray(INTS, sums, vector).convertShape(VectorOperators.I2F, FLOATS, 0);
                FloatVector bound = factor.fma(factorStep, leastFactor)
                        .fma(sum.fma(scale, shifts), addend.fma(addendStep, leastAddend));
                bound.intoArray(bounds, at + vector);
                near |= bound.compare(VectorOperators.LE, limit).toLong() << vector;
                addends = addends.lanewise(VectorOperators.LSHR, Byte.SIZE);
                factorBytes = factorBytes.lanewise(VectorOperators.LSHR, Byte.SIZE);
            }
        }
        return near;
    }

    @Override
    public void fillTables(float[] query, int bits, float perLevel, byte[] tables, int tableCount) {
        if (PARTS > 1) {
            SCALAR.fillTables(query, bits, perLevel, tables, tableCount);
            return;
        }
        for (int table = 0; table < tableCount; table++) {
            int first = table * 4 / bits;
            for (int value = 0; value < NibbleTables.ENTRIES; value += WIDTH) {
                fillTable(query, first, bits == 1 ? ONE_BIT : TWO_BITS, value, perLevel, tables, table);
            }
        }
    }

    /** Fills {@link #WIDTH} entries of a table, for values from this one on, and their copies. */
    private static void fillTable(
            float[] query, int first, float[] steps, int value, float perLevel, byte[] tables, int table) {
        FloatVector sum = FloatVector.zero(FLOATS);
        int places = steps.length / (2 * NibbleTables.ENTRIES);
        for (int place = 0; place < places; place++) {
            float x = query[first + place];
            int from = (2 * place + (x < 0 ? 1 : 0)) * NibbleTables.ENTRIES + value;
            sum = FloatVector.fromArray(FLOATS, steps, from).fma(FloatVector.broadcast(FLOATS, Math.abs(x)), sum);
        }
        ByteVector levels =
                (ByteVector) sum.fma(FloatVector.broadcast(FLOATS, perLevel), FloatVector.broadcast(FLOATS, 0.5f))
                        .convertShape(VectorOperators.F2B, NARROW_BYTES, 0);
        int from = table * NibbleTables.TABLE_BYTES + value;
        for (int copy = 0; copy < NibbleTables.TABLE_BYTES; copy += NibbleTables.ENTRIES) {
            levels.intoArray(tables, from + copy);
        }
    }

    /**
     * {@code [place][sign][value]}: the steps that a coordinate in this place of the half byte is above its least, or, for
     * a negative query, below its greatest.
     */
    private static float[] steps(int bits) {
        int places = 4 / bits;
        int largest = (1 << bits) - 1;
        float[] steps = new float[places * 2 * NibbleTables.ENTRIES];
        for (int place = 0; place < places; place++) {
            for (int value = 0; value < NibbleTables.ENTRIES; value++) {
                int coordinate = (value >>> (place * bits)) & largest;
                steps[2 * place * NibbleTables.ENTRIES + value] = coordinate;
                steps[(2 * place + 1) * NibbleTables.ENTRIES + value] = largest - coordinate;
            }
        }
        return steps;
    }
}
