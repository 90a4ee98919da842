package io.voronode.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class VectorsTest {

    @Test
    void normalizesInPlace() {
        float[] vector = {3, 0, 4};
        assertThat(Vectors.normalize(vector)).isTrue();
        assertThat(vector).containsExactly(0.6f, 0, 0.8f);
    }

    @Test
    void normalizesTheLargestAndTheSmallestFloats() {
        for (float extreme : new float[] {Float.MAX_VALUE, Float.MIN_VALUE}) {
            float[] vector = {extreme, extreme};
            assertThat(Vectors.normalize(vector)).isTrue();
            assertThat(Vectors.norm(vector)).isCloseTo(1, within(1e-6));
        }
    }

    @Test
    void zeroVectorHasNoDirection() {
        float[] vector = {0, -0f};
        assertThat(Vectors.normalize(vector)).isFalse();
        assertThat(vector).containsExactly(0, -0f);
    }

    @Test
    void namesTheFirstCoordinateThatIsNotFinite() {
        assertThat(Vectors.firstNonFinite(new float[] {1, 2})).isEqualTo(-1);
        assertThat(Vectors.firstNonFinite(new float[] {1, Float.NaN, Float.POSITIVE_INFINITY}))
                .isEqualTo(1);
        assertThat(Vectors.firstNonFinite(new float[] {Float.NEGATIVE_INFINITY}))
                .isZero();
        assertThat(Vectors.firstNonFinite(new float[0])).isEqualTo(-1);
    }
}
