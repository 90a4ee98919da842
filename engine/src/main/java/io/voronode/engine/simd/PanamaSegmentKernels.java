package io.voronode.engine.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The fast twin of {@link ScalarSegmentKernels}; the rules of {@link PanamaKernels} hold here too. Four rows go side by
 * side: rows are read from memory, not from cache, and four streams keep more of its latency in flight than one.
 */
public final class PanamaSegmentKernels implements SegmentKernels {

    private static final VectorSpecies<Float> SPECIES = PanamaKernels.SPECIES;
    private static final int WIDTH = SPECIES.length();
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public void dots(float[] query, MemorySegment rows, int[] ordinals, int count, float[] out) {
        Shapes.requireRows(query, rows, ordinals, count, out);
        int i = 0;
        for (; i <= count - 4; i += 4) {
            fourDots(query, rows, ordinals, i, out);
        }
        for (; i < count; i++) {
            out[i] = dot(query, rows, row(query, ordinals[i]));
        }
    }

    @Override
    public void squaredDistances(float[] query, MemorySegment rows, int[] ordinals, int count, float[] out) {
        Shapes.requireRows(query, rows, ordinals, count, out);
        int i = 0;
        for (; i <= count - 4; i += 4) {
            fourSquaredDistances(query, rows, ordinals, i, out);
        }
        for (; i < count; i++) {
            out[i] = squaredDistance(query, rows, row(query, ordinals[i]));
        }
    }

    @Override
    public void manhattans(float[] query, MemorySegment rows, int[] ordinals, int count, float[] out) {
        Shapes.requireRows(query, rows, ordinals, count, out);
        int i = 0;
        for (; i <= count - 4; i += 4) {
            fourManhattans(query, rows, ordinals, i, out);
        }
        for (; i < count; i++) {
            out[i] = manhattan(query, rows, row(query, ordinals[i]));
        }
    }

    private static long row(float[] query, int ordinal) {
        return (long) ordinal * query.length * Float.BYTES;
    }

    private static void fourDots(float[] query, MemorySegment rows, int[] ordinals, int first, float[] out) {
        long p0 = row(query, ordinals[first]);
        long p1 = row(query, ordinals[first + 1]);
        long p2 = row(query, ordinals[first + 2]);
        long p3 = row(query, ordinals[first + 3]);
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int i = 0;
        for (; i <= query.length - WIDTH; i += WIDTH) {
            FloatVector q = load(query, i);
            long at = (long) i * Float.BYTES;
            s0 = q.fma(load(rows, p0 + at), s0);
            s1 = q.fma(load(rows, p1 + at), s1);
            s2 = q.fma(load(rows, p2 + at), s2);
            s3 = q.fma(load(rows, p3 + at), s3);
        }
        out[first] = s0.reduceLanes(VectorOperators.ADD) + dotTail(query, rows, p0, i);
        out[first + 1] = s1.reduceLanes(VectorOperators.ADD) + dotTail(query, rows, p1, i);
        out[first + 2] = s2.reduceLanes(VectorOperators.ADD) + dotTail(query, rows, p2, i);
        out[first + 3] = s3.reduceLanes(VectorOperators.ADD) + dotTail(query, rows, p3, i);
    }

    private static float dot(float[] query, MemorySegment rows, long row) {
        FloatVector sum = FloatVector.zero(SPECIES);
        int i = 0;
        for (; i <= query.length - WIDTH; i += WIDTH) {
            FloatVector q = load(query, i);
            sum = q.fma(load(rows, row + (long) i * Float.BYTES), sum);
        }
        return sum.reduceLanes(VectorOperators.ADD) + dotTail(query, rows, row, i);
    }

    private static float dotTail(float[] query, MemorySegment rows, long row, int from) {
        float sum = 0;
        for (int i = from; i < query.length; i++) {
            sum += query[i] * rows.get(FLOAT, row + (long) i * Float.BYTES);
        }
        return sum;
    }

    private static void fourSquaredDistances(
            float[] query, MemorySegment rows, int[] ordinals, int first, float[] out) {
        long p0 = row(query, ordinals[first]);
        long p1 = row(query, ordinals[first + 1]);
        long p2 = row(query, ordinals[first + 2]);
        long p3 = row(query, ordinals[first + 3]);
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int i = 0;
        for (; i <= query.length - WIDTH; i += WIDTH) {
            FloatVector q = load(query, i);
            long at = (long) i * Float.BYTES;
            s0 = addSquare(q.sub(load(rows, p0 + at)), s0);
            s1 = addSquare(q.sub(load(rows, p1 + at)), s1);
            s2 = addSquare(q.sub(load(rows, p2 + at)), s2);
            s3 = addSquare(q.sub(load(rows, p3 + at)), s3);
        }
        out[first] = s0.reduceLanes(VectorOperators.ADD) + squaredDistanceTail(query, rows, p0, i);
        out[first + 1] = s1.reduceLanes(VectorOperators.ADD) + squaredDistanceTail(query, rows, p1, i);
        out[first + 2] = s2.reduceLanes(VectorOperators.ADD) + squaredDistanceTail(query, rows, p2, i);
        out[first + 3] = s3.reduceLanes(VectorOperators.ADD) + squaredDistanceTail(query, rows, p3, i);
    }

    private static float squaredDistance(float[] query, MemorySegment rows, long row) {
        FloatVector sum = FloatVector.zero(SPECIES);
        int i = 0;
        for (; i <= query.length - WIDTH; i += WIDTH) {
            FloatVector q = load(query, i);
            sum = addSquare(q.sub(load(rows, row + (long) i * Float.BYTES)), sum);
        }
        return sum.reduceLanes(VectorOperators.ADD) + squaredDistanceTail(query, rows, row, i);
    }

    private static float squaredDistanceTail(float[] query, MemorySegment rows, long row, int from) {
        float sum = 0;
        for (int i = from; i < query.length; i++) {
            float difference = query[i] - rows.get(FLOAT, row + (long) i * Float.BYTES);
            sum += difference * difference;
        }
        return sum;
    }

    private static void fourManhattans(float[] query, MemorySegment rows, int[] ordinals, int first, float[] out) {
        long p0 = row(query, ordinals[first]);
        long p1 = row(query, ordinals[first + 1]);
        long p2 = row(query, ordinals[first + 2]);
        long p3 = row(query, ordinals[first + 3]);
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int i = 0;
        for (; i <= query.length - WIDTH; i += WIDTH) {
            FloatVector q = load(query, i);
            long at = (long) i * Float.BYTES;
            s0 = s0.add(q.sub(load(rows, p0 + at)).abs());
            s1 = s1.add(q.sub(load(rows, p1 + at)).abs());
            s2 = s2.add(q.sub(load(rows, p2 + at)).abs());
            s3 = s3.add(q.sub(load(rows, p3 + at)).abs());
        }
        out[first] = s0.reduceLanes(VectorOperators.ADD) + manhattanTail(query, rows, p0, i);
        out[first + 1] = s1.reduceLanes(VectorOperators.ADD) + manhattanTail(query, rows, p1, i);
        out[first + 2] = s2.reduceLanes(VectorOperators.ADD) + manhattanTail(query, rows, p2, i);
        out[first + 3] = s3.reduceLanes(VectorOperators.ADD) + manhattanTail(query, rows, p3, i);
    }

    private static float manhattan(float[] query, MemorySegment rows, long row) {
        FloatVector sum = FloatVector.zero(SPECIES);
        int i = 0;
        for (; i <= query.length - WIDTH; i += WIDTH) {
            FloatVector q = load(query, i);
            sum = sum.add(q.sub(load(rows, row + (long) i * Float.BYTES)).abs());
        }
        return sum.reduceLanes(VectorOperators.ADD) + manhattanTail(query, rows, row, i);
    }

    private static float manhattanTail(float[] query, MemorySegment rows, long row, int from) {
        float sum = 0;
        for (int i = from; i < query.length; i++) {
            sum += Math.abs(query[i] - rows.get(FLOAT, row + (long) i * Float.BYTES));
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
