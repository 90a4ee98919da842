package io.voronode.engine.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The plain twin of {@link PanamaSegmentKernels}. */
public final class ScalarSegmentKernels implements SegmentKernels {

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public void dots(float[] query, MemorySegment rows, int[] ordinals, int count, float[] out) {
        Shapes.requireRows(query, rows, ordinals, count, out);
        for (int i = 0; i < count; i++) {
            long row = (long) ordinals[i] * query.length * Float.BYTES;
            float sum = 0;
            for (int d = 0; d < query.length; d++) {
                sum += query[d] * rows.get(FLOAT, row + (long) d * Float.BYTES);
            }
            out[i] = sum;
        }
    }

    @Override
    public void squaredDistances(float[] query, MemorySegment rows, int[] ordinals, int count, float[] out) {
        Shapes.requireRows(query, rows, ordinals, count, out);
        for (int i = 0; i < count; i++) {
            long row = (long) ordinals[i] * query.length * Float.BYTES;
            float sum = 0;
            for (int d = 0; d < query.length; d++) {
                float difference = query[d] - rows.get(FLOAT, row + (long) d * Float.BYTES);
                sum += difference * difference;
            }
            out[i] = sum;
        }
    }

    @Override
    public void manhattans(float[] query, MemorySegment rows, int[] ordinals, int count, float[] out) {
        Shapes.requireRows(query, rows, ordinals, count, out);
        for (int i = 0; i < count; i++) {
            long row = (long) ordinals[i] * query.length * Float.BYTES;
            float sum = 0;
            for (int d = 0; d < query.length; d++) {
                sum += Math.abs(query[d] - rows.get(FLOAT, row + (long) d * Float.BYTES));
            }
            out[i] = sum;
        }
    }
}
