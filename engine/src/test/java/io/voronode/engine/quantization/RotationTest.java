package io.voronode.engine.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.voronode.engine.Data;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotationTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 13, 64, 100, 207, 256, 257, 384, 768, 1000, 1536, 4097})
    void rotationsKeepInnerProducts(int coordinates) {
        SplittableRandom random = new SplittableRandom(coordinates);
        Rotation rotation = Rotation.of(7, coordinates);
        float[] a = Data.gaussian(random, coordinates);
        float[] b = Data.gaussian(random, coordinates);
        float[] rotatedA = new float[rotation.outputs()];
        float[] rotatedB = new float[rotation.outputs()];
        rotation.apply(a, rotatedA);
        rotation.apply(b, rotatedB);
        assertThat(dot(rotatedA, rotatedA)).isCloseTo(dot(a, a), within(1e-4 * coordinates));
        assertThat(dot(rotatedA, rotatedB)).isCloseTo(dot(a, b), within(1e-4 * coordinates));
        for (int i = rotation.dimension(); i < rotation.outputs(); i++) {
            assertThat(rotatedA[i]).as("past the dimension").isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 384, 1536})
    void oneCoordinateIsSpreadOverAll(int coordinates) {
        Rotation rotation = Rotation.of(3, coordinates);
        float[] unit = new float[coordinates];
        unit[coordinates / 3] = 1;
        float[] rotated = new float[rotation.outputs()];
        rotation.apply(unit, rotated);
        for (float x : rotated) {
            assertThat(Math.abs(x)).isLessThan((float) (6 / Math.sqrt(rotation.dimension())));
        }
    }

    /** Codes in files are compared with queries that another JVM rotates, years later. */
    @Test
    void seedDecidesEveryBitForEver() {
        assertThat(IntStream.of(100, 384, 768).map(RotationTest::fingerprint))
                .containsExactly(-1567156435, 84418082, -408251856);
    }

    private static int fingerprint(int coordinates) {
        Rotation rotation = Rotation.of(42, coordinates);
        float[] x = new float[coordinates];
        for (int i = 0; i < coordinates; i++) {
            x[i] = (i * 37 % 101) / 8f - 6;
        }
        float[] rotated = new float[rotation.outputs()];
        rotation.apply(x, rotated);
        return Arrays.hashCode(rotated);
    }

    @Test
    void otherSeedsDrawOtherRotations() {
        float[] x = Data.gaussian(new SplittableRandom(1), 100);
        float[] one = new float[128];
        float[] other = new float[128];
        Rotation.of(1, 100).apply(x, one);
        Rotation.of(2, 100).apply(x, other);
        assertThat(one).isNotEqualTo(other);
    }

    @Test
    void wrongShapesAreRefusedWithTheirValues() {
        assertThatThrownBy(() -> Rotation.of(1, 0)).hasMessage("coordinates 0 < 1");
        assertThatThrownBy(() -> Rotation.of(1, 100).apply(new float[99], new float[128]))
                .hasMessage("99 coordinates into 128, not 100 into 128");
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
