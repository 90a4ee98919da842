package io.voronode.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.voronode.engine.Data;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("kernels")
class CentroidKernelsTest {

    private static final int LANES = CentroidKernels.LANES;

    private final CentroidKernels scalar = new ScalarCentroidKernels();
    private final CentroidKernels simd = new PanamaCentroidKernels();

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 13, 64, 100, 207, 768, 1536, 4098})
    void scoresOfARowAreOffsetsAndProducts(int dimension) {
        SplittableRandom random = new SplittableRandom(dimension);
        float[] row = Data.gaussian(random, dimension);
        for (int blockCount : new int[] {1, 2, 3, 5}) {
            float[][] centroids = Data.gaussian(random, blockCount * LANES, dimension);
            float[] offsets = Data.gaussian(random, blockCount * LANES);
            float[] fromScalar = new float[offsets.length];
            float[] fromSimd = new float[offsets.length];
            scalar.scores(row, blocks(centroids), offsets, fromScalar);
            simd.scores(row, blocks(centroids), offsets, fromSimd);
            for (int i = 0; i < offsets.length; i++) {
                float expected = offsets[i] + new ScalarKernels().dot(row, centroids[i]);
                assertThat(fromScalar[i]).isCloseTo(expected, tolerance(dimension));
                assertThat(fromSimd[i]).isCloseTo(expected, tolerance(dimension));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 13, 64, 100, 207, 768, 1536, 4098})
    void scoresOfATileEqualThoseOfItsRowsBitForBit(int dimension) {
        SplittableRandom random = new SplittableRandom(dimension);
        float[] blocks = blocks(Data.gaussian(random, 5 * LANES, dimension));
        float[] offsets = Data.gaussian(random, 5 * LANES);
        float[][] rows = Data.gaussian(random, CentroidKernels.TILE_ROWS, dimension);
        for (CentroidKernels kernels : new CentroidKernels[] {scalar, simd}) {
            float[] tileScores = new float[CentroidKernels.TILE_ROWS * 3 * LANES];
            kernels.tileScores(tile(rows), blocks, offsets, 1, 4, tileScores);
            for (int row = 0; row < rows.length; row++) {
                float[] alone = new float[offsets.length];
                kernels.scores(rows[row], blocks, offsets, alone);
                assertThat(Arrays.copyOfRange(tileScores, row * 3 * LANES, (row + 1) * 3 * LANES))
                        .isEqualTo(Arrays.copyOfRange(alone, LANES, 4 * LANES));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 40})
    void twoLeastAreFoundWhereverTheyAre(int blockCount) {
        SplittableRandom random = new SplittableRandom(blockCount);
        for (int i = 0; i < 200; i++) {
            float[] scores = Data.gaussian(random, 5 + blockCount * LANES);
            if (i % 3 == 0) {
                scores[5 + random.nextInt(blockCount * LANES)] = Float.POSITIVE_INFINITY;
                scores[5 + random.nextInt(blockCount * LANES)] = -9;
                scores[5 + random.nextInt(blockCount * LANES)] = -9;
            }
            float[] sorted = Arrays.copyOfRange(scores, 5, scores.length);
            Arrays.sort(sorted);
            for (CentroidKernels kernels : new CentroidKernels[] {scalar, simd}) {
                float[] two = new float[2];
                int least = kernels.twoLeast(scores, 5, blockCount * LANES, two);
                assertThat(two).containsExactly(sorted[0], sorted[1]);
                assertThat(scores[5 + least]).isEqualTo(sorted[0]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 31, 64, 333})
    void placesAreOfValuesThatAreNotAboveALimit(int count) {
        SplittableRandom random = new SplittableRandom(count);
        float[] values = Data.gaussian(random, count + 2);
        if (count > 20) {
            values[3] = Float.NaN;
            values[20] = 0.25f;
        }
        int[] expected =
                IntStream.range(0, count).filter(i -> !(values[i] > 0.25f)).toArray();
        for (CentroidKernels kernels : new CentroidKernels[] {scalar, simd}) {
            int[] places = new int[count];
            int found = kernels.notAbove(values, count, 0.25f, places);
            assertThat(Arrays.copyOf(places, found)).isEqualTo(expected);
        }
    }

    @Test
    void wrongShapesAreRefusedWithTheirValues() {
        for (CentroidKernels kernels : new CentroidKernels[] {scalar, simd}) {
            assertThatThrownBy(() -> kernels.scores(new float[3], new float[99], new float[32], new float[32]))
                    .hasMessageContaining("99 floats are not blocks of 96");
            assertThatThrownBy(() -> kernels.scores(new float[3], new float[96], new float[31], new float[32]))
                    .hasMessageContaining("31 offsets for 32 lanes");
            assertThatThrownBy(() -> kernels.scores(new float[3], new float[96], new float[32], new float[31]))
                    .hasMessageContaining("room for 31 scores, need 32");
            assertThatThrownBy(
                            () -> kernels.tileScores(new float[13], new float[96], new float[32], 0, 1, new float[128]))
                    .hasMessageContaining("13 floats are not 4 rows");
            assertThatThrownBy(
                            () -> kernels.tileScores(new float[12], new float[96], new float[32], 0, 2, new float[256]))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(
                            () -> kernels.tileScores(new float[12], new float[96], new float[32], 0, 1, new float[127]))
                    .hasMessageContaining("room for 127 scores, need 128");
            assertThatThrownBy(() -> kernels.twoLeast(new float[64], 0, 33, new float[2]))
                    .hasMessageContaining("33 scores are not blocks of 32");
            assertThatThrownBy(() -> kernels.notAbove(new float[64], 60, 0, new int[59]))
                    .hasMessageContaining("count 60 > 64 values or 59 places");
            assertThatThrownBy(() -> kernels.twoLeast(new float[64], 40, 32, new float[2]))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    private static float[] blocks(float[][] centroids) {
        int dimension = centroids[0].length;
        float[] blocks = new float[centroids.length * dimension];
        for (int i = 0; i < centroids.length; i++) {
            for (int d = 0; d < dimension; d++) {
                blocks[(i / LANES * dimension + d) * LANES + i % LANES] = centroids[i][d];
            }
        }
        return blocks;
    }

    private static float[] tile(float[][] rows) {
        float[] tile = new float[rows.length * rows[0].length];
        for (int i = 0; i < tile.length; i++) {
            tile[i] = rows[i % rows.length][i / rows.length];
        }
        return tile;
    }

    /** Sums of n products of order one: float32 rounding grows with n. */
    private static org.assertj.core.data.Offset<Float> tolerance(int dimension) {
        return within(5e-6f * dimension + 1e-5f);
    }
}
