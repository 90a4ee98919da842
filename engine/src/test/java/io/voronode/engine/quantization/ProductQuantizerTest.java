package io.voronode.engine.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.voronode.engine.Data;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProductQuantizerTest {

    @ParameterizedTest
    @ValueSource(ints = {7, 100, 384})
    void codewordsFollowTheResidualsAndTellHowMuchTheyErr(int dimension) {
        SplittableRandom random = new SplittableRandom(dimension);
        ProductQuantizer trained = ProductQuantizer.train(residuals(random, 2000, dimension), 1);
        ProductQuantizer again = ProductQuantizer.train(residuals(new SplittableRandom(dimension), 2000, dimension), 1);
        assertThat(again.codewords()).isEqualTo(trained.codewords());
        double squares = 0;
        double lost = 0;
        double errors = 0;
        float[] decoded = new float[dimension];
        float[][] fresh = residuals(random, 1000, dimension);
        for (int i = 0; i < fresh.length; i++) {
            float[] residual = fresh[i];
            float[] other = fresh[(i + 1) % fresh.length];
            float scale = (float) Math.sqrt(dimension / dot(residual, residual));
            trained.encode(residual, scale, new byte[ProductQuantizer.rows(dimension)], decoded);
            for (int d = 0; d < dimension; d++) {
                squares += (double) residual[d] * scale * residual[d] * scale;
                lost += Math.pow(residual[d] * scale - decoded[d], 2);
            }
            double along = dot(residual, decoded) / dot(residual, residual);
            errors += Math.pow(dot(decoded, other) - along * dot(residual, other), 2) / dot(other, other);
        }
        assertThat(Math.sqrt(errors / fresh.length)).isCloseTo(trained.error(), withinPercentage(10));
        assertThat(lost / squares).isLessThan(dimension > 256 ? 0.36 : 0.12);
    }

    @Test
    void residualsOfNothingAreCoded() {
        ProductQuantizer trained = ProductQuantizer.train(new float[3][10], 1);
        float[] decoded = new float[10];
        trained.encode(new float[10], 0, new byte[ProductQuantizer.rows(10)], decoded);
        assertThat(decoded).containsOnly(0);
        assertThat(trained.error()).isZero();
    }

    @Test
    void codewordsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> new ProductQuantizer(100, new float[7], 1))
                .hasMessage("7 floats of codewords for 100 coordinates");
        assertThatThrownBy(() -> new ProductQuantizer(1, new float[ProductQuantizer.floats(1)], Float.NaN))
                .hasMessageContaining("NaN");
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    /** Half of their length lies in the first fifth of their coordinates. */
    private static float[][] residuals(SplittableRandom random, int count, int dimension) {
        float[][] residuals = new float[count][];
        for (int i = 0; i < count; i++) {
            residuals[i] = Data.gaussian(random, dimension);
            for (int d = 0; d < dimension / 5; d++) {
                residuals[i][d] *= 2;
            }
        }
        return residuals;
    }
}
