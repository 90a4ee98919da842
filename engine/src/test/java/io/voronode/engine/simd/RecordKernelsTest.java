package io.voronode.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.voronode.engine.Data;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("kernels")
class RecordKernelsTest {

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final RecordKernels scalar = new ScalarRecordKernels();
    private final RecordKernels simd = new PanamaRecordKernels();

    @ParameterizedTest
    @ValueSource(ints = {64, 128, 256, 768, 1536, 4096})
    void fourBitProductsAgreeWithTheFormula(int dimension) {
        SplittableRandom random = new SplittableRandom(dimension);
        float[] query = Data.gaussian(random, dimension);
        int stride = dimension / 2 + 16;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment records = random(random, arena.allocate(9L * stride + 3));
            int[] places = {8, 0, 3};
            float[] fromScalar = new float[3];
            float[] fromSimd = new float[3];
            scalar.fourBitDots(query, records, 3, stride, places, 3, fromScalar);
            simd.fourBitDots(query, records, 3, stride, places, 3, fromSimd);
            for (int i = 0; i < places.length; i++) {
                double expected = 0;
                for (int d = 0; d < dimension / 2; d++) {
                    int pair = records.get(ValueLayout.JAVA_BYTE, 3 + (long) places[i] * stride + d);
                    expected +=
                            (double) (pair & 0xF) * query[d] + (double) (pair >>> 4 & 0xF) * query[d + dimension / 2];
                }
                assertThat((double) fromScalar[i]).isCloseTo(expected, within(1e-4 * dimension));
                assertThat((double) fromSimd[i]).isCloseTo(expected, within(1e-4 * dimension));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 13, 64, 100, 207, 768, 1536, 4098})
    void sumsOverBytesAgreeWithTheFormulas(int dimension) {
        SplittableRandom random = new SplittableRandom(dimension);
        float[] query = Data.gaussian(random, dimension);
        int stride = dimension + 12;
        float step = 0.01f;
        float middle = 0.2f;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment records = random(random, arena.allocate(9L * stride + 3));
            int[] places = {8, 0, 3};
            for (int place : places) {
                records.set(FLOAT, 3 + (long) place * stride + dimension, step);
                records.set(FLOAT, 3 + (long) place * stride + dimension + 4, middle);
            }
            for (RecordKernels kernels : new RecordKernels[] {scalar, simd}) {
                float[] dots = new float[3];
                float[] manhattans = new float[3];
                kernels.byteDots(query, records, 3, stride, places, 3, dots);
                kernels.byteManhattans(query, records, 3, stride, places, 3, manhattans);
                for (int i = 0; i < places.length; i++) {
                    double dot = 0;
                    double manhattan = 0;
                    for (int d = 0; d < dimension; d++) {
                        int b = records.get(ValueLayout.JAVA_BYTE, 3 + (long) places[i] * stride + d);
                        dot += (double) b * query[d];
                        manhattan += Math.abs(query[d] - (middle + (double) step * b));
                    }
                    assertThat((double) dots[i]).isCloseTo(dot, within(1e-3 * dimension));
                    assertThat((double) manhattans[i]).isCloseTo(manhattan, within(1e-5 * dimension));
                }
            }
        }
    }

    @Test
    void recordsOutsideTheMemoryAreRefused() {
        MemorySegment one = MemorySegment.ofArray(new byte[704]);
        for (RecordKernels kernels : new RecordKernels[] {scalar, simd}) {
            assertThatThrownBy(() -> kernels.fourBitDots(new float[64], one, 0, 40, new int[] {17}, 1, new float[1]))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("record 17");
            assertThatThrownBy(() -> kernels.byteDots(new float[40], one, 0, 40, new int[] {17}, 1, new float[1]))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("record 17");
            assertThatThrownBy(() -> kernels.byteManhattans(new float[40], one, 0, 44, new int[1], 1, new float[1]))
                    .hasMessageContaining("48 bytes in records of 44");
        }
    }

    static MemorySegment random(SplittableRandom random, MemorySegment memory) {
        for (long i = 0; i < memory.byteSize(); i++) {
            memory.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
        return memory;
    }
}
