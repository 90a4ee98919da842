package io.voronode.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.engine.Data;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("kernels")
class TransformKernelsTest {

    private final TransformKernels scalar = new ScalarTransformKernels();
    private final TransformKernels simd = new PanamaTransformKernels();

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 13, 64, 100, 207, 256})
    void productsWithAMatrixAreTheSameBitForBit(int length) {
        SplittableRandom random = new SplittableRandom(length);
        int outputs = Math.ceilDiv(length, 64) * 64;
        float[] x = Data.gaussian(random, length);
        float[] columns = Data.gaussian(random, length * outputs);
        float[] fromScalar = new float[outputs];
        float[] fromSimd = new float[outputs];
        scalar.multiply(x, columns, fromScalar);
        simd.multiply(x, columns, fromSimd);
        assertThat(fromSimd).isEqualTo(fromScalar);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 128, 256, 512, 2048, 4096})
    void hadamardTransformsAreTheSameBitForBit(int length) {
        SplittableRandom random = new SplittableRandom(length);
        float[] fromScalar = Data.gaussian(random, length + 37);
        float[] fromSimd = fromScalar.clone();
        scalar.hadamard(fromScalar, 37, length);
        simd.hadamard(fromSimd, 37, length);
        assertThat(fromSimd).isEqualTo(fromScalar);
    }

    @Test
    void hadamardTransformIsTheMatrixOfSigns() {
        float[] unit = new float[64];
        unit[5] = 1;
        simd.hadamard(unit, 0, 64);
        for (int i = 0; i < 64; i++) {
            assertThat(unit[i]).isEqualTo(Integer.bitCount(i & 5) % 2 == 0 ? 1 : -1);
        }
    }

    @Test
    void wrongShapesAreRefusedWithTheirValues() {
        for (TransformKernels kernels : new TransformKernels[] {scalar, simd}) {
            assertThatThrownBy(() -> kernels.multiply(new float[3], new float[64], new float[64]))
                    .hasMessage("64 floats are not 3 columns of 64");
            assertThatThrownBy(() -> kernels.hadamard(new float[100], 0, 96))
                    .hasMessage("transform of 96 coordinates from 0 of 100");
        }
    }
}
