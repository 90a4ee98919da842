package io.voronode.engine.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The fast twin of {@link ScalarRecordKernels}; the rules of {@link PanamaKernels} hold here too. Products go over two records side by side, so
 * that their reads are in flight together.
 */
public final class PanamaRecordKernels implements RecordKernels {

    private static final VectorSpecies<Float> FLOATS = PanamaKernels.SPECIES;
    private static final int WIDTH = FLOATS.length();
    private static final VectorSpecies<Byte> NARROW_BYTES = PanamaCodeKernels.NARROW_BYTES;
    private static final int PARTS = PanamaCodeKernels.PARTS;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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
        return sum.reduceLanes(VectorOperators.ADD) + ScalarRecordKernels.manhattanFrom(query, records, record, d);
    }
}
