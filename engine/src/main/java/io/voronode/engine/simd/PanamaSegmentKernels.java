package io.voronode.engine.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The fast twin of {@link ScalarSegmentKernels}; the rules of {@link PanamaKernels} hold here too. */
public final class PanamaSegmentKernels implements SegmentKernels {

    private static final VectorSpecies<Float> SPECIES = PanamaKernels.SPECIES;
    private static final int WIDTH = SPECIES.length();
    private static final int WIDTH_BYTES = WIDTH * Float.BYTES;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public void dots(float[] query, MemorySegment rows, int[] ordinals, int count, float[] out) {
        Shapes.requireRows(query, rows, ordinals, count, out);
        for (int i = 0; i < count; i++) {
            out[i] = dot(query, rows, (long) ordinals[i] * query.length * Float.BYTES);
        }
    }

    @Override
    public void squaredDistances(float[] query, MemorySegment rows, int[] ordinals, int count, float[] out) {
        Shapes.requireRows(query, rows, ordinals, count, out);
        for (int i = 0; i < count; i++) {
            out[i] = squaredDistance(query, rows, (long) ordinals[i] * query.length * Float.BYTES);
        }
    }

    @Override
    public void manhattans(float[] query, MemorySegment rows, int[] ordinals, int count, float[] out) {
        Shapes.requireRows(query, rows, ordinals, count, out);
        for (int i = 0; i < count; i++) {
            out[i] = manhattan(query, rows, (long) ordinals[i] * query.length * Float.BYTES);
        }
    }

    private static float dot(float[] query, MemorySegment rows, long row) {
        int i = 0;
        long at = row;
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (; i <= query.length - 4 * WIDTH; i += 4 * WIDTH, at += 4L * WIDTH_BYTES) {
            s0 = load(query, i).fma(load(rows, at), s0);
            s1 = load(query, i + WIDTH).fma(load(rows, at + WIDTH_BYTES), s1);
            s2 = load(query, i + 2 * WIDTH).fma(load(rows, at + 2L * WIDTH_BYTES), s2);
            s3 = load(query, i + 3 * WIDTH).fma(load(rows, at + 3L * WIDTH_BYTES), s3);
        }
        for (; i <= query.length - WIDTH; i += WIDTH, at += WIDTH_BYTES) {
            s0 = load(query, i).fma(load(rows, at), s0);
        }
        float sum = s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
        for (; i < query.length; i++, at += Float.BYTES) {
            sum += query[i] * rows.get(FLOAT, at);
        }
        return sum;
    }

    private static float squaredDistance(float[] query, MemorySegment rows, long row) {
        int i = 0;
        long at = row;
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (; i <= query.length - 4 * WIDTH; i += 4 * WIDTH, at += 4L * WIDTH_BYTES) {
            s0 = addSquare(load(query, i).sub(load(rows, at)), s0);
            s1 = addSquare(load(query, i + WIDTH).sub(load(rows, at + WIDTH_BYTES)), s1);
            s2 = addSquare(load(query, i + 2 * WIDTH).sub(load(rows, at + 2L * WIDTH_BYTES)), s2);
            s3 = addSquare(load(query, i + 3 * WIDTH).sub(load(rows, at + 3L * WIDTH_BYTES)), s3);
        }
        for (; i <= query.length - WIDTH; i += WIDTH, at += WIDTH_BYTES) {
            s0 = addSquare(load(query, i).sub(load(rows, at)), s0);
        }
        float sum = s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
        for (; i < query.length; i++, at += Float.BYTES) {
            float difference = query[i] - rows.get(FLOAT, at);
            sum += difference * difference;
        }
        return sum;
    }

    private static float manhattan(float[] query, MemorySegment rows, long row) {
        int i = 0;
        long at = row;
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        for (; i <= query.length - 2 * WIDTH; i += 2 * WIDTH, at += 2L * WIDTH_BYTES) {
            s0 = s0.add(load(query, i).sub(load(rows, at)).abs());
            s1 = s1.add(load(query, i + WIDTH).sub(load(rows, at + WIDTH_BYTES)).abs());
        }
        for (; i <= query.length - WIDTH; i += WIDTH, at += WIDTH_BYTES) {
            s0 = s0.add(load(query, i).sub(load(rows, at)).abs());
        }
        float sum = s0.add(s1).reduceLanes(VectorOperators.ADD);
        for (; i < query.length; i++, at += Float.BYTES) {
            sum += Math.abs(query[i] - rows.get(FLOAT, at));
        }
        return sum;
    }

    private static FloatVector load(float[] array, int offset) {
        return FloatVector.fromArray(SPECIES, array, offset);
    }

    private static FloatVector load(MemorySegment rows, long offset) {
        return FloatVector.fromMemorySegment(SPECIES, rows, offset, ByteOrder.LITTLE_ENDIAN);
    }

    private static FloatVector addSquare(FloatVector difference, FloatVector sum) {
        return difference.fma(difference, sum);
    }
}
