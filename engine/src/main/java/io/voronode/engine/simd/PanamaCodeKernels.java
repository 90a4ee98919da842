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
    private static final VectorSpecies<Byte> NARROW_BYTES = WIDTH > 8 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /** Vectors whose bytes lie four lanes apart. */
    private static final int GROUP = LANES / 4;

    private static final int PARTS = NARROW_BYTES.length() / WIDTH;

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
            for (int vector = 0; vector < LANES; vector += WIDTH) {
                long near = near(blocks, factors, vector, tables, shift, limit, tables.bounds(), vector);
                for (; near != 0; near &= near - 1) {
                    int place = first + vector + Long.numberOfTrailingZeros(near);
                    if (place < count) {
                        places[found++] = place;
                    }
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
            long factors = block + (long) tables.rows() * LANES;
            for (int vector = 0; vector < LANES; vector += WIDTH) {
                near(blocks, factors, vector, tables, shift, 0, out, first + vector);
            }
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

    /** Writes the bounds of {@link #WIDTH} vectors from this one on; a mask of those that are within the limit. */
    private static long near(
            MemorySegment blocks,
            long factors,
            int vector,
            NibbleTables tables,
            float shift,
            float limit,
            float[] bounds,
            int at) {
        int bits = vector / GROUP * Byte.SIZE;
        long lanes = factors + vector % GROUP * 4L;
        long header = factors + 2L * LANES;
        FloatVector addend = (FloatVector) IntVector.fromMemorySegment(INTS, blocks, lanes, ByteOrder.LITTLE_ENDIAN)
                .lanewise(VectorOperators.LSHR, bits)
                .and(0xFF)
                .convertShape(VectorOperators.I2F, FLOATS, 0);
        FloatVector factor =
                (FloatVector) IntVector.fromMemorySegment(INTS, blocks, lanes + LANES, ByteOrder.LITTLE_ENDIAN)
                        .lanewise(VectorOperators.LSHR, bits)
                        .and(0xFF)
                        .convertShape(VectorOperators.I2F, FLOATS, 0);
        FloatVector sum = (FloatVector)
                IntVector.fromArray(INTS, tables.sums(), vector).convertShape(VectorOperators.I2F, FLOATS, 0);
        FloatVector scaledAddend = addend.fma(
                FloatVector.broadcast(FLOATS, blocks.get(FLOAT, header + Float.BYTES)),
                FloatVector.broadcast(FLOATS, blocks.get(FLOAT, header)));
        FloatVector scaledFactor = factor.fma(
                FloatVector.broadcast(FLOATS, blocks.get(FLOAT, header + 3 * Float.BYTES)),
                FloatVector.broadcast(FLOATS, blocks.get(FLOAT, header + 2 * Float.BYTES)));
        FloatVector product =
                sum.fma(FloatVector.broadcast(FLOATS, tables.scale()), FloatVector.broadcast(FLOATS, shift));
        FloatVector bound = scaledFactor.fma(product, scaledAddend);
        bound.intoArray(bounds, at);
        return bound.compare(VectorOperators.LE, FloatVector.broadcast(FLOATS, limit))
                .toLong();
    }

    @Override
    public void fourBitDots(
            float[] query, MemorySegment records, long offset, int stride, int[] places, int count, float[] out) {
        Shapes.requireRecords(query, records, offset, stride, places, count, out);
        int i = 0;
        for (; i <= count - 2; i += 2) {
            twoFourBitDots(query, records, offset, stride, places, i, out);
        }
        if (i < count) {
            out[i] = fourBitDot(query, records, offset + (long) places[i] * stride);
        }
    }

    /** Two records side by side: their reads are in flight together. */
    private static void twoFourBitDots(
            float[] query, MemorySegment records, long offset, int stride, int[] places, int first, float[] out) {
        long p0 = offset + (long) places[first] * stride;
        long p1 = offset + (long) places[first + 1] * stride;
        int half = query.length / 2;
        FloatVector low0 = FloatVector.zero(FLOATS);
        FloatVector high0 = low0;
        FloatVector low1 = low0;
        FloatVector high1 = low0;
        for (int d = 0; d < half; d += NARROW_BYTES.length()) {
            ByteVector pairs0 = loadBytes(records, p0 + d);
            ByteVector pairs1 = loadBytes(records, p1 + d);
            for (int part = 0; part < PARTS; part++) {
                FloatVector lowQuery = FloatVector.fromArray(FLOATS, query, d + part * WIDTH);
                FloatVector highQuery = FloatVector.fromArray(FLOATS, query, half + d + part * WIDTH);
                low0 = low(pairs0, part).fma(lowQuery, low0);
                high0 = high(pairs0, part).fma(highQuery, high0);
                low1 = low(pairs1, part).fma(lowQuery, low1);
                high1 = high(pairs1, part).fma(highQuery, high1);
            }
        }
        out[first] = low0.add(high0).reduceLanes(VectorOperators.ADD);
        out[first + 1] = low1.add(high1).reduceLanes(VectorOperators.ADD);
    }

    private static float fourBitDot(float[] query, MemorySegment records, long record) {
        int half = query.length / 2;
        FloatVector low = FloatVector.zero(FLOATS);
        FloatVector high = low;
        for (int d = 0; d < half; d += NARROW_BYTES.length()) {
            ByteVector pairs = loadBytes(records, record + d);
            for (int part = 0; part < PARTS; part++) {
                low = low(pairs, part).fma(FloatVector.fromArray(FLOATS, query, d + part * WIDTH), low);
                high = high(pairs, part).fma(FloatVector.fromArray(FLOATS, query, half + d + part * WIDTH), high);
            }
        }
        return low.add(high).reduceLanes(VectorOperators.ADD);
    }

    private static FloatVector low(ByteVector pairs, int part) {
        return (FloatVector) pairs.and((byte) 0xF).convertShape(VectorOperators.B2F, FLOATS, part);
    }

    private static FloatVector high(ByteVector pairs, int part) {
        return (FloatVector) pairs.lanewise(VectorOperators.LSHR, 4).convertShape(VectorOperators.B2F, FLOATS, part);
    }

    private static ByteVector loadBytes(MemorySegment records, long offset) {
        return ByteVector.fromMemorySegment(NARROW_BYTES, records, offset, ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void byteDots(
            float[] query, MemorySegment records, long offset, int stride, int[] places, int count, float[] out) {
        Shapes.requireRecords(query.length, records, offset, stride, places, count, out);
        int i = 0;
        for (; i <= count - 2; i += 2) {
            twoByteDots(query, records, offset, stride, places, i, out);
        }
        if (i < count) {
            out[i] = byteDot(query, records, offset + (long) places[i] * stride);
        }
    }

    private static void twoByteDots(
            float[] query, MemorySegment records, long offset, int stride, int[] places, int first, float[] out) {
        long p0 = offset + (long) places[first] * stride;
        long p1 = offset + (long) places[first + 1] * stride;
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        int d = 0;
        for (; d <= query.length - NARROW_BYTES.length(); d += NARROW_BYTES.length()) {
            ByteVector bytes0 = loadBytes(records, p0 + d);
            ByteVector bytes1 = loadBytes(records, p1 + d);
            for (int part = 0; part < PARTS; part++) {
                FloatVector asked = FloatVector.fromArray(FLOATS, query, d + part * WIDTH);
                sum0 = widened(bytes0, part).fma(asked, sum0);
                sum1 = widened(bytes1, part).fma(asked, sum1);
            }
        }
        out[first] = sum0.reduceLanes(VectorOperators.ADD) + byteDotTail(query, records, p0, d);
        out[first + 1] = sum1.reduceLanes(VectorOperators.ADD) + byteDotTail(query, records, p1, d);
    }

    private static float byteDot(float[] query, MemorySegment records, long record) {
        FloatVector sum = FloatVector.zero(FLOATS);
        int d = 0;
        for (; d <= query.length - NARROW_BYTES.length(); d += NARROW_BYTES.length()) {
            ByteVector bytes = loadBytes(records, record + d);
            for (int part = 0; part < PARTS; part++) {
                sum = widened(bytes, part).fma(FloatVector.fromArray(FLOATS, query, d + part * WIDTH), sum);
            }
        }
        return sum.reduceLanes(VectorOperators.ADD) + byteDotTail(query, records, record, d);
    }

    private static float byteDotTail(float[] query, MemorySegment records, long record, int from) {
        float sum = 0;
        for (int d = from; d < query.length; d++) {
            sum += records.get(ValueLayout.JAVA_BYTE, record + d) * query[d];
        }
        return sum;
    }

    private static FloatVector widened(ByteVector bytes, int part) {
        return (FloatVector) bytes.convertShape(VectorOperators.B2F, FLOATS, part);
    }

    @Override
    public void byteManhattans(
            float[] query, MemorySegment records, long offset, int stride, int[] places, int count, float[] out) {
        Shapes.requireRecords(query.length + 2 * Float.BYTES, records, offset, stride, places, count, out);
        for (int i = 0; i < count; i++) {
            out[i] = byteManhattan(query, records, offset + (long) places[i] * stride);
        }
    }

    private static float byteManhattan(float[] query, MemorySegment records, long record) {
        FloatVector step = FloatVector.broadcast(FLOATS, records.get(FLOAT, record + query.length));
        FloatVector middle = FloatVector.broadcast(FLOATS, records.get(FLOAT, record + query.length + Float.BYTES));
        FloatVector sum = FloatVector.zero(FLOATS);
        int d = 0;
        for (; d <= query.length - NARROW_BYTES.length(); d += NARROW_BYTES.length()) {
            ByteVector bytes = loadBytes(records, record + d);
            for (int part = 0; part < PARTS; part++) {
                FloatVector asked = FloatVector.fromArray(FLOATS, query, d + part * WIDTH);
                sum = sum.add(asked.sub(widened(bytes, part).fma(step, middle)).abs());
            }
        }
        return sum.reduceLanes(VectorOperators.ADD) + ScalarCodeKernels.manhattanFrom(query, records, record, d);
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
                ByteVector levels = bits == 1
                        ? fourCoordinates(query, first, value, perLevel)
                        : twoCoordinates(query, first, value, perLevel);
                int from = table * NibbleTables.TABLE_BYTES + value;
                for (int copy = 0; copy < NibbleTables.TABLE_BYTES; copy += NibbleTables.ENTRIES) {
                    levels.intoArray(tables, from + copy);
                }
            }
        }
    }

    private static ByteVector fourCoordinates(float[] query, int first, int value, float perLevel) {
        FloatVector sum = addCoordinate(query[first], ONE_BIT, 0, value, FloatVector.zero(FLOATS));
        sum = addCoordinate(query[first + 1], ONE_BIT, 1, value, sum);
        sum = addCoordinate(query[first + 2], ONE_BIT, 2, value, sum);
        sum = addCoordinate(query[first + 3], ONE_BIT, 3, value, sum);
        return toLevels(sum, perLevel);
    }

    private static ByteVector twoCoordinates(float[] query, int first, int value, float perLevel) {
        FloatVector sum = addCoordinate(query[first], TWO_BITS, 0, value, FloatVector.zero(FLOATS));
        sum = addCoordinate(query[first + 1], TWO_BITS, 1, value, sum);
        return toLevels(sum, perLevel);
    }

    private static FloatVector addCoordinate(float x, float[] steps, int place, int value, FloatVector sum) {
        int from = (2 * place + (x < 0 ? 1 : 0)) * NibbleTables.ENTRIES + value;
        return FloatVector.fromArray(FLOATS, steps, from).fma(FloatVector.broadcast(FLOATS, Math.abs(x)), sum);
    }

    private static ByteVector toLevels(FloatVector sum, float perLevel) {
        return (ByteVector) sum.fma(FloatVector.broadcast(FLOATS, perLevel), FloatVector.broadcast(FLOATS, 0.5f))
                .convertShape(VectorOperators.F2B, NARROW_BYTES, 0);
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
