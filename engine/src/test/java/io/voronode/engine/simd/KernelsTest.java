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
class KernelsTest {

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final VectorKernels scalar = new ScalarKernels();
    private final VectorKernels simd = new PanamaKernels();

    /** A run that says how wide registers are must have got them; its other tests would prove nothing else. */
    @Test
    void simdIsChosenWhereTheModuleIsPresent() {
        System.out.println("kernels on " + PanamaKernels.SPECIES);
        assertThat(VectorKernels.best()).isInstanceOf(PanamaKernels.class);
        assertThat(SegmentKernels.best()).isInstanceOf(PanamaSegmentKernels.class);
        assertThat(CodeKernels.best()).isInstanceOf(PanamaCodeKernels.class);
        assertThat(TransformKernels.best()).isInstanceOf(PanamaTransformKernels.class);
        assertThat(CentroidKernels.best()).isInstanceOf(PanamaCentroidKernels.class);
        Integer bits = Integer.getInteger("voronode.test.vectorBits");
        if (bits != null) {
            // A machine without AVX2 has 128 bits whatever is asked for.
            assertThat(PanamaKernels.SPECIES.vectorBitSize()).isLessThanOrEqualTo(bits);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 13, 64, 100, 207, 768, 1536, 4098})
    void simdAgreesWithScalarOnPairs(int dimension) {
        SplittableRandom random = new SplittableRandom(dimension);
        float[] a = Data.gaussian(random, dimension);
        float[] b = Data.gaussian(random, dimension);
        assertThat(simd.dot(a, b)).isCloseTo(scalar.dot(a, b), tolerance(dimension));
        assertThat(simd.squaredDistance(a, b)).isCloseTo(scalar.squaredDistance(a, b), tolerance(dimension));
        assertThat(simd.manhattan(a, b)).isCloseTo(scalar.manhattan(a, b), tolerance(dimension));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 13, 64, 100, 207, 768, 1536, 4098})
    void scalarMeansTheFormula(int dimension) {
        SplittableRandom random = new SplittableRandom(dimension);
        float[] a = Data.gaussian(random, dimension);
        float[] b = Data.gaussian(random, dimension);
        double dot = 0;
        double squared = 0;
        double manhattan = 0;
        for (int i = 0; i < dimension; i++) {
            dot += (double) a[i] * b[i];
            squared += Math.pow((double) a[i] - b[i], 2);
            manhattan += Math.abs((double) a[i] - b[i]);
        }
        assertThat(scalar.dot(a, b)).isCloseTo((float) dot, tolerance(dimension));
        assertThat(scalar.squaredDistance(a, b)).isCloseTo((float) squared, tolerance(dimension));
        assertThat(scalar.manhattan(a, b)).isCloseTo((float) manhattan, tolerance(dimension));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 13, 64, 100, 207, 768, 1536, 4098})
    void kernelsOverMemorySegmentsAgreeWithPairs(int dimension) {
        SplittableRandom random = new SplittableRandom(dimension);
        float[] query = Data.gaussian(random, dimension);
        float[][] rows = Data.gaussian(random, 7, dimension);
        int[] ordinals = {6, 0, 3};
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = copy(rows, arena);
            for (SegmentKernels kernels :
                    new SegmentKernels[] {new ScalarSegmentKernels(), new PanamaSegmentKernels()}) {
                float[] dots = new float[3];
                float[] squares = new float[3];
                float[] manhattans = new float[3];
                kernels.dots(query, segment, ordinals, 3, dots);
                kernels.squaredDistances(query, segment, ordinals, 3, squares);
                kernels.manhattans(query, segment, ordinals, 3, manhattans);
                for (int i = 0; i < 3; i++) {
                    float[] row = rows[ordinals[i]];
                    assertThat(dots[i]).isCloseTo(scalar.dot(query, row), tolerance(dimension));
                    assertThat(squares[i]).isCloseTo(scalar.squaredDistance(query, row), tolerance(dimension));
                    assertThat(manhattans[i]).isCloseTo(scalar.manhattan(query, row), tolerance(dimension));
                }
            }
        }
    }

    @Test
    void wrongShapesAreRefusedWithTheirValues() {
        for (VectorKernels kernels : new VectorKernels[] {scalar, simd}) {
            assertThatThrownBy(() -> kernels.dot(new float[3], new float[4])).hasMessageContaining("dimension 3 != 4");
        }
        MemorySegment rows = MemorySegment.ofArray(new byte[2 * 3 * Float.BYTES]);
        assertThatThrownBy(() -> SegmentKernels.best().dots(new float[3], rows, new int[] {2}, 1, new float[1]))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("ordinal 2 outside 2 vectors");
    }

    private static MemorySegment copy(float[][] rows, Arena arena) {
        int dimension = rows[0].length;
        MemorySegment segment = arena.allocate((long) rows.length * dimension * Float.BYTES, 64);
        for (int i = 0; i < rows.length; i++) {
            for (int d = 0; d < dimension; d++) {
                segment.set(FLOAT, ((long) i * dimension + d) * Float.BYTES, rows[i][d]);
            }
        }
        return segment;
    }

    /** Sums of n products of order one: float32 rounding grows with n. */
    private static org.assertj.core.data.Offset<Float> tolerance(int dimension) {
        return within(5e-6f * dimension + 1e-5f);
    }
}
