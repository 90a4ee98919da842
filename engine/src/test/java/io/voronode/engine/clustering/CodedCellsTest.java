package io.voronode.engine.clustering;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.engine.Data;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodedCellsTest {

    private static final int CELLS = 1_000;

    private final SplittableRandom random = new SplittableRandom(5);

    @ParameterizedTest
    @ValueSource(ints = {32, 100, 384})
    void rankingByCodesFindsNearlyAllOfTheNearestCellsAtTheirTrueDistances(int dimension) {
        float[][] centroids = Data.clustered(random, CELLS, dimension, 30);
        FlatCells exact = new FlatCells(centroids);
        CodedCells coded = new CodedCells(centroids);
        for (int n : new int[] {1, 8, 24, 100, CELLS}) {
            int found = 0;
            for (int i = 0; i < 200; i++) {
                float[] query = centroids[random.nextInt(CELLS)].clone();
                for (int d = 0; d < dimension; d++) {
                    query[d] += (float) random.nextGaussian() / 2;
                }
                RankedCells expected = exact.rank(query, n);
                RankedCells ranked = coded.rank(query, n);
                assertThat(ranked.cells()).doesNotHaveDuplicates().hasSize(n);
                assertThat(ranked.distances()).isSorted();
                found += (int) IntStream.range(0, n)
                        .filter(place -> isAtPlaceOf(expected, ranked, place))
                        .count();
            }
            assertThat(found / 200.0 / n).as("recall of %d cells", n).isGreaterThanOrEqualTo(0.97);
        }
    }

    /** Whether a cell that was found is among the nearest, at the same distance. */
    private static boolean isAtPlaceOf(RankedCells expected, RankedCells ranked, int place) {
        int[] cells = expected.cells();
        int at = IntStream.range(0, cells.length)
                .filter(i -> cells[i] == ranked.cells()[place])
                .findFirst()
                .orElse(-1);
        return at >= 0 && expected.distances()[at] == ranked.distances()[place];
    }

    @Test
    void rankingsThatContinueEachOtherNameEveryCellOnce() {
        CodedCells coded = new CodedCells(Data.gaussian(random, CELLS, 64));
        for (int i = 0; i < 50; i++) {
            float[] query = Data.gaussian(random, 64);
            RankedCells ranked = coded.rank(query, 10);
            for (int n = 20; n <= CELLS; n = n == CELLS ? n + 1 : Math.min(CELLS, 2 * n)) {
                RankedCells before = ranked;
                ranked = before.continuedBy(coded.rank(query, n));
                assertThat(ranked.cells()).startsWith(before.cells()).doesNotHaveDuplicates();
                assertThat(ranked.size()).isBetween(n, n + before.size());
            }
            assertThat(ranked.size()).isEqualTo(CELLS);
        }
    }

    @Test
    void cellsAreRankedForQueriesThatOverflow() {
        float[][] centroids = Data.gaussian(random, CELLS, 40);
        float[] query = new float[40];
        Arrays.fill(query, 1e30f);
        CodedCells coded = new CodedCells(centroids);
        assertThat(coded.rank(query, 20).cells()).doesNotHaveDuplicates().hasSize(20);
    }
}
