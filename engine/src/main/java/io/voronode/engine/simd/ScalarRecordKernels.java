package io.voronode.engine.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The plain twin of {@link PanamaRecordKernels}. */
public final class ScalarRecordKernels implements RecordKernels {

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public void fourBitDots(
            float[] query, MemorySegment records, long offset, int stride, int[] places, int count, float[] out) {
        Shapes.requireRecords(query, records, offset, stride, places, count, out);
        int half = query.length / 2;
        for (int i = 0; i < count; i++) {
            long record = offset + (long) places[i] * stride;
            float sum = 0;
            for (int d = 0; d < half; d++) {
                int pair = records.get(BYTE, record + d);
                sum += (pair & 0xF) * query[d] + (pair >>> 4 & 0xF) * query[d + half];
            }
            out[i] = sum;
        }
    }

    @Override
    public void byteDots(
            float[] query, MemorySegment records, long offset, int stride, int[] places, int count, float[] out) {
        Shapes.requireRecords(query.length, records, offset, stride, places, count, out);
        for (int i = 0; i < count; i++) {
            long record = offset + (long) places[i] * stride;
            float sum = 0;
            for (int d = 0; d < query.length; d++) {
                sum += records.get(BYTE, record + d) * query[d];
            }
            out[i] = sum;
        }
    }

    @Override
    public void byteManhattans(
            float[] query, MemorySegment records, long offset, int stride, int[] places, int count, float[] out) {
        Shapes.requireRecords(query.length + 2 * Float.BYTES, records, offset, stride, places, count, out);
        for (int i = 0; i < count; i++) {
            out[i] = manhattanFrom(query, records, offset + (long) places[i] * stride, 0);
        }
    }

    /** The part of the sum from a coordinate on. */
    static float manhattanFrom(float[] query, MemorySegment records, long record, int from) {
        float step = records.get(FLOAT, record + query.length);
        float middle = records.get(FLOAT, record + query.length + Float.BYTES);
        float sum = 0;
        for (int d = from; d < query.length; d++) {
            sum += Math.abs(query[d] - Math.fma(records.get(BYTE, record + d), step, middle));
        }
        return sum;
    }
}
