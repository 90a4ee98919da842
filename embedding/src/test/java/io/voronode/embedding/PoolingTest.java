package io.voronode.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

/** Mean pooling on numbers that can be followed by hand. */
final class PoolingTest {

    @Test
    void averagesTheRowsOfItsTextOnlyAndScalesToUnitLength() {
        FloatBuffer hidden = FloatBuffer.wrap(new float[] {9, 9, /* its rows */ 1, 8, 5, 0, /* padding */ 7, 7});

        assertThat(Pooling.unitMean(hidden, 1, 2, 2)).containsExactly(0.6f, 0.8f);
    }

    @Test
    void refusesAVectorWithoutDirection() {
        assertThatThrownBy(() -> Pooling.unitMean(FloatBuffer.wrap(new float[] {0, 0}), 0, 1, 2))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Pooling.unitMean(FloatBuffer.wrap(new float[] {1, Float.NaN}), 0, 1, 2))
                .isInstanceOf(ArithmeticException.class);
    }
}
