package io.voronode.engine.clustering;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.engine.Data;
import io.voronode.engine.simd.VectorKernels;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CellOrderTest {

    private static final int CELLS = 500;
    private static final int PARENTS = 20;

    private final SplittableRandom random = new SplittableRandom(3);
    private final float[][] centroids = Data.clustered(random, CELLS, 12, 30);
    private final int[] sizes = random.ints(CELLS, 1, 1_000).toArray();

    @Test
    void eachCellKeepsItsSizeAndParent() {
        ParentCells parents = parents();
        FoundCells ordered = CellOrder.chained(new FoundCells(centroids, sizes, parents));
        IdentityHashMap<float[], Integer> numbers = new IdentityHashMap<>();
        for (int cell = 0; cell < CELLS; cell++) {
            numbers.put(centroids[cell], cell);
        }
        int[] before = Arrays.stream(ordered.centroids()).mapToInt(numbers::get).toArray();
        assertThat(Arrays.stream(before).distinct().count()).isEqualTo(CELLS);
        assertThat(ordered.sizes())
                .isEqualTo(Arrays.stream(before).map(cell -> sizes[cell]).toArray());
        assertThat(orderedParents(ordered))
                .isEqualTo(Arrays.stream(before)
                        .map(cell -> parents.parentOfCell()[cell])
                        .toArray());
    }

    @Test
    void cellsOfOneParentAreNeighbours() {
        int[] owners = orderedParents(CellOrder.chained(new FoundCells(centroids, sizes, parents())));
        int changes = 0;
        for (int cell = 1; cell < CELLS; cell++) {
            changes += owners[cell] == owners[cell - 1] ? 0 : 1;
        }
        assertThat(changes).isEqualTo(PARENTS - 1);
    }

    @Test
    void nextCellsAreFarNearerThanOthersWithParentsAndWithout() {
        double usual = meanStep(centroids);
        for (ParentCells parents : new @Nullable ParentCells[] {null, parents()}) {
            FoundCells ordered = CellOrder.chained(new FoundCells(centroids, sizes, parents));
            assertThat(meanStep(ordered.centroids())).isLessThan(usual / 3);
        }
    }

    private static double meanStep(float[][] points) {
        double sum = 0;
        for (int i = 1; i < points.length; i++) {
            sum += VectorKernels.best().squaredDistance(points[i - 1], points[i]);
        }
        return sum / (points.length - 1);
    }

    private static int[] orderedParents(FoundCells cells) {
        ParentCells parents = cells.parents();
        assertThat(parents).isNotNull();
        return parents.parentOfCell();
    }

    /** Every 25th cell is a parent; the parent of a cell is the nearest. */
    private ParentCells parents() {
        float[][] parents = new float[PARENTS][];
        Arrays.setAll(parents, parent -> centroids[parent * CELLS / PARENTS]);
        int[] owners = Arrays.stream(centroids)
                .mapToInt(cell -> nearest(parents, cell))
                .toArray();
        return new ParentCells(parents, owners, 3);
    }

    private static int nearest(float[][] points, float[] to) {
        return IntStream.range(0, points.length)
                .boxed()
                .min(Comparator.comparingDouble(i -> VectorKernels.best().squaredDistance(points[i], to)))
                .orElseThrow();
    }
}
