package io.voronode.engine.clustering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.engine.Data;
import io.voronode.engine.simd.Metric;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TwoLevelCellsTest {

    private static final int DIMENSION = 24;
    private static final int CELLS = 600;

    private final float[][] rows = Data.clustered(new SplittableRandom(1), 12_000, DIMENSION, 40);
    private final FoundCells flat = found();

    private FoundCells found() {
        try (Workers workers = new Workers(2, () -> false)) {
            return TwoLevelKMeans.run(rows, false, CELLS, 7, workers);
        }
    }

    /** Parents for the cells that were found: there are too few to get any. */
    private ParentCells parents() {
        try (Workers workers = new Workers(2, () -> false)) {
            float[][] parents = KMeans.run(flat.centroids(), false, 24, 3, workers, iteration -> {})
                    .centroids();
            int[] parentOfCell = new int[flat.centroids().length];
            new FlatCells(parents).assign(flat.centroids(), 0, parentOfCell.length, parentOfCell);
            return ParentCells.calibrated(parents, parentOfCell, flat.centroids(), Arrays.copyOf(rows, 1_000), workers);
        }
    }

    @Test
    void everyCellHasRowsAndTheRowsAreSpreadEvenly() {
        assertThat(flat.parents()).isNull();
        assertThat(flat.centroids().length).isBetween(CELLS * 9 / 10, CELLS * 11 / 10);
        assertThat(flat.sizes()).doesNotContain(0).hasSize(flat.centroids().length);
        assertThat(Arrays.stream(flat.sizes()).sum()).isEqualTo(rows.length);
        assertThat(Arrays.stream(flat.sizes()).max().orElseThrow()).isLessThan(6 * rows.length / CELLS);
    }

    @Test
    void cellsFoundByParentsDescribeRowsAsWellAsCellsFoundAtOnce() {
        try (Workers workers = new Workers(2, () -> false)) {
            Clusters.Result atOnce = KMeans.run(rows, false, CELLS, 7, workers, iteration -> {});
            assertThat(distortion(flat.centroids())).isLessThan(1.05 * distortion(atOnce.centroids()));
        }
    }

    private double distortion(float[][] centroids) {
        FlatCells finder = new FlatCells(centroids);
        return Arrays.stream(rows)
                .mapToDouble(row -> finder.rank(row, 1).distances()[0])
                .sum();
    }

    @Test
    void cellOfARowIsTheNearestButForAFewAndTheSameAloneAndAmongOthers() {
        TwoLevelCells byParents = new TwoLevelCells(flat.centroids(), parents());
        int[] nearest = new int[rows.length];
        new FlatCells(flat.centroids()).assign(rows, 0, rows.length, nearest);
        int[] together = new int[rows.length];
        byParents.assign(rows, 0, rows.length, together);
        int same = (int) IntStream.range(0, rows.length)
                .filter(row -> nearest[row] == together[row])
                .count();
        assertThat(same).isGreaterThan(rows.length * 99 / 100);
        int[] alone = new int[rows.length];
        for (int row = 0; row < 500; row++) {
            byParents.assign(rows, row, row + 1, alone);
            assertThat(alone[row]).isEqualTo(together[row]);
        }
    }

    @Test
    void mapsWithParentsComeBackEqualAndAreOfVersionTwo() {
        CellMap map = map(parents());
        byte[] encoded = map.encode();
        assertThat(ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN).getInt(4))
                .isEqualTo(2);
        CellMap decoded = CellMap.decode(encoded);
        assertThat(decoded.encode()).isEqualTo(encoded);
        assertThat(decoded.digest()).isEqualTo(map.digest());
        List<float[]> some = List.of(rows).subList(0, 500);
        assertThat(decoded.nearestCells(some)).isEqualTo(map.nearestCells(some));
        assertThat(decoded.rank(rows[3], 17).cells())
                .isEqualTo(map.rank(rows[3], 17).cells());
    }

    @Test
    void damagedOrMalformedParentsAreNoticed() {
        byte[] good = map(parents()).encode();
        for (int at = good.length - 3_000; at < good.length; at += 11) {
            byte[] bad = good.clone();
            bad[at] ^= 0x20;
            assertThatThrownBy(() -> CellMap.decode(bad)).as("byte %d", at).isInstanceOf(CorruptCellMapException.class);
        }
        assertThatThrownBy(() -> new ParentCells(new float[1][DIMENSION], new int[] {0, 1}, 1))
                .hasMessage("parent 1 of 1");
        assertThatThrownBy(() -> new ParentCells(new float[1][DIMENSION], new int[] {0, 0}, 2))
                .hasMessage("visits to 2 parents of 1");
        ParentCells childless = new ParentCells(new float[2][DIMENSION], new int[CELLS], 1);
        assertThatThrownBy(() -> map(childless)).hasMessageContaining("a parent owns no cell");
    }

    private CellMap map(ParentCells parents) {
        CellSpace space = new CellSpace(Metric.EUCLIDEAN, DIMENSION, 0);
        int[] shards = new int[flat.centroids().length];
        return new CellMap(space, 5, 1, flat.centroids(), parents, shards, null);
    }

    @Test
    void oneSeedGivesTheSameCellsForAnyNumberOfThreads() {
        try (Workers alone = new Workers(1, () -> false)) {
            assertThat(TwoLevelKMeans.run(rows, false, CELLS, 7, alone).centroids())
                    .isDeepEqualTo(flat.centroids());
        }
    }

    @Test
    void collectionsWithVeryManyCellsGetParents() {
        int dimension = 2_100;
        float[][] wide = Data.clustered(new SplittableRandom(2), 2_200, dimension, 10);
        CellMap map = CellTrainer.train(wide, new CellTraining(Metric.COSINE, dimension, 750, 3, 1, 2), () -> false);
        assertThat(map.parents()).isNotNull();
        assertThat(map.shardCount()).isEqualTo(3);
        assertThat(map.rank(wide[0], 5).size()).isEqualTo(5);
    }
}
