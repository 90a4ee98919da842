package io.voronode.engine.clustering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.voronode.engine.Data;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.ScalarKernels;
import io.voronode.engine.simd.VectorKernels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CellMapTest {

    private static final int DIMENSION = 19;

    @ParameterizedTest
    @EnumSource
    void rankEqualsBruteForce(Metric metric) {
        SplittableRandom random = new SplittableRandom(8);
        CellMap map = trained(metric, random);
        for (int i = 0; i < 50; i++) {
            float[] query = Data.stored(metric, Data.gaussian(random, DIMENSION));
            float[] point = map.space().ofQuery(query);
            float[] expected = new float[map.cellCount()];
            for (int cell = 0; cell < expected.length; cell++) {
                expected[cell] = new ScalarKernels().squaredDistance(point, map.centroid(cell));
            }
            for (int n : new int[] {1, 5, map.cellCount() - 1, map.cellCount(), 1_000}) {
                assertRanked(map.rank(query, n), expected, Math.min(n, map.cellCount()));
            }
        }
    }

    /** More cells than one panel holds, more rows than one chunk, data far from the origin and duplicates. */
    @ParameterizedTest
    @ValueSource(ints = {1, 13, 100, 1_536})
    void cellsOfManyVectorsAreThoseOfEachAndTheNearestByDifferences(int dimension) {
        SplittableRandom random = new SplittableRandom(dimension);
        float[][] centroids = Data.gaussian(random, 777, dimension);
        float[][] vectors = Data.gaussian(random, 203, dimension);
        for (int i = 0; i < 700; i++) {
            centroids[i][0] += i < 600 ? 5_000 : -70_000;
        }
        for (int i = 0; i < 150; i++) {
            vectors[i] = centroids[i * 5].clone();
            vectors[i][0] += 0.001f * (i % 3);
        }
        CellMap map =
                new CellMap(new CellSpace(Metric.EUCLIDEAN, dimension, 0), 0, 1, centroids, null, new int[777], null);
        int[] cells = map.nearestCells(List.of(vectors));
        for (int i = 0; i < vectors.length; i++) {
            assertThat(map.nearestCell(vectors[i])).isEqualTo(cells[i]);
            assertThat(map.rank(vectors[i], 3).cells()[0]).isEqualTo(cells[i]);
            assertThat(cells[i]).isEqualTo(nearest(centroids, vectors[i]));
        }
    }

    private static int nearest(float[][] centroids, float[] vector) {
        int best = 0;
        for (int cell = 1; cell < centroids.length; cell++) {
            VectorKernels kernels = VectorKernels.best();
            if (kernels.squaredDistance(vector, centroids[cell]) < kernels.squaredDistance(vector, centroids[best])) {
                best = cell;
            }
        }
        return best;
    }

    @Test
    void noVectorsHaveNoCells() {
        assertThat(CellMap.single(Metric.COSINE, 3).nearestCells(List.of())).isEmpty();
    }

    private static void assertRanked(RankedCells ranked, float[] expected, int n) {
        float[] ascending = expected.clone();
        Arrays.sort(ascending);
        assertThat(ranked.size()).isEqualTo(n);
        assertThat(ranked.cells()).doesNotHaveDuplicates();
        for (int i = 0; i < n; i++) {
            assertThat(ranked.distances()[i]).isCloseTo(ascending[i], within(1e-3f));
            assertThat(ranked.distances()[i]).isCloseTo(expected[ranked.cells()[i]], within(1e-3f));
        }
    }

    @Test
    void rankOfDotFollowsTheInnerProductAndNotTheLengthOfTheQuery() {
        SplittableRandom random = new SplittableRandom(5);
        CellMap map = trained(Metric.DOT, random);
        float[] query = Data.gaussian(random, DIMENSION);
        float[] longer = query.clone();
        for (int d = 0; d < longer.length; d++) {
            longer[d] *= 64;
        }
        assertThat(map.rank(longer, 10).cells()).isEqualTo(map.rank(query, 10).cells());
    }

    @Test
    void firstCellsOfDotHoldTheLargestInnerProducts() {
        SplittableRandom random = new SplittableRandom(6);
        float[][] vectors = Data.clustered(random, 3_000, DIMENSION, 20);
        CellMap map = CellTrainer.train(vectors, spec(Metric.DOT), () -> false);
        int found = 0;
        for (int i = 0; i < 100; i++) {
            float[] query = Data.gaussian(random, DIMENSION);
            float[] best = vectors[
                    IntStream.range(0, vectors.length)
                            .reduce(0, (a, b) -> dot(query, vectors[a]) >= dot(query, vectors[b]) ? a : b)];
            int cell = map.nearestCell(best);
            found += Arrays.stream(map.rank(query, map.cellCount() / 4).cells()).anyMatch(c -> c == cell) ? 1 : 0;
        }
        assertThat(found).isGreaterThan(80);
    }

    @Test
    void vectorsLongerThanAnyTrainedOneHaveACell() {
        CellMap map = trained(Metric.DOT, new SplittableRandom(2));
        float[] vector = new float[DIMENSION];
        Arrays.fill(vector, 1e6f);
        assertThat(map.nearestCell(vector)).isBetween(0, map.cellCount() - 1);
    }

    @ParameterizedTest
    @EnumSource
    void encodingComesBackEqual(Metric metric) {
        CellMap map = trained(metric, new SplittableRandom(3));
        CellMap decoded = CellMap.decode(map.encode());
        assertThat(decoded.digest()).isEqualTo(map.digest()).matches("[0-9a-f]{64}");
        assertThat(decoded.encode()).isEqualTo(map.encode());
        assertThat(decoded.metric()).isEqualTo(metric);
        assertThat(decoded.dimension()).isEqualTo(DIMENSION);
        assertThat(decoded.cellCount()).isEqualTo(map.cellCount());
        assertThat(decoded.shardCount()).isEqualTo(map.shardCount());
        assertThat(decoded.rotationSeed()).isEqualTo(map.rotationSeed());
        assertThat(decoded.imbalance()).isEqualTo(map.imbalance());
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 100; i++) {
            float[] vector = Data.stored(metric, Data.gaussian(random, DIMENSION));
            assertThat(decoded.nearestCell(vector)).isEqualTo(map.nearestCell(vector));
        }
    }

    @ParameterizedTest
    @EnumSource
    void generationZeroHasOneCellForEverything(Metric metric) {
        CellMap map = CellMap.decode(CellMap.single(metric, 5).encode());
        assertThat(map.cellCount()).isEqualTo(1);
        assertThat(map.shardCount()).isEqualTo(1);
        assertThat(map.cellsOf(0)).containsExactly(0);
        assertThat(map.nearestCell(new float[] {1, 2, 3, 4, 5})).isZero();
        assertThat(map.rank(new float[] {1, 2, 3, 4, 5}, 3).cells()).containsExactly(0);
    }

    @Test
    void everyFlippedByteIsNoticed() {
        byte[] good = CellMap.single(Metric.DOT, 7).encode();
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 0x10;
            assertThatThrownBy(() -> CellMap.decode(bad)).as("byte %d", at).isInstanceOf(CorruptCellMapException.class);
        }
    }

    @Test
    void everyTruncationIsNoticed() {
        byte[] good = trained(Metric.EUCLIDEAN, new SplittableRandom(1)).encode();
        for (int length = 0; length < good.length; length += 37) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> CellMap.decode(cut)).isInstanceOf(CorruptCellMapException.class);
        }
    }

    @Test
    void aProductQuantizerIsTrainedAndKept() {
        SplittableRandom random = new SplittableRandom(8);
        float[][] sample = Data.gaussian(random, 300, 5);
        CellMap map = CellTrainer.train(
                sample, new CellTraining(Metric.DOT, 5, 4, 1, 1, 2).withProductQuantizer(), () -> false);
        CellMap again = CellMap.decode(map.encode());
        assertThat(again.encode()).isEqualTo(map.encode());
        assertThat(Objects.requireNonNull(again.product()).codewords())
                .isEqualTo(Objects.requireNonNull(map.product()).codewords());
        assertThat(again.product().coordinates()).isEqualTo(6);
        assertThat(again.product().error()).isEqualTo(map.product().error());
    }

    @Test
    void laterVersionsAreRefusedByNumber() {
        byte[] later = CellMap.single(Metric.COSINE, 3).encode();
        ByteBuffer.wrap(later).order(ByteOrder.LITTLE_ENDIAN).putInt(4, 4);
        assertThatThrownBy(() -> CellMap.decode(later)).hasMessage("cell map of version 4, this reader knows 1 to 3");
    }

    @Test
    void goldenFileOfVersionOneIsReadAndWrittenByteForByte() throws IOException {
        byte[] golden = resource("cellmap-v1.hex");
        CellMap map = CellMap.decode(golden);
        assertThat(map.encode()).isEqualTo(golden);
        assertThat(goldenMap().encode()).isEqualTo(golden);
        assertThat(map.metric()).isEqualTo(Metric.DOT);
        assertThat(map.cellCount()).isEqualTo(3);
        assertThat(map.shardOf(2)).isEqualTo(1);
        assertThat(map.centroid(1)).containsExactly(0.5f, -1.25f, 2);
        assertThat(map.rotationSeed()).isEqualTo(0x0123456789ABCDEFL);
        assertThat(map.space().maxNorm()).isEqualTo(2.5f);
        assertThat(map.digest()).isEqualTo("1fe1e01b8afc46080dcdb566d2a0e310f881bd5188b4d61e7e65698a8f410647");
    }

    @Test
    void goldenFileOfVersionTwoIsReadAndWrittenByteForByte() throws IOException {
        byte[] golden = resource("cellmap-v2.hex");
        CellMap map = CellMap.decode(golden);
        assertThat(map.encode()).isEqualTo(golden);
        ParentCells parents = new ParentCells(new float[][] {{1, 0, 1}, {0, 0, 2}}, new int[] {0, 0, 1}, 2);
        assertThat(goldenMap(parents).encode()).isEqualTo(golden);
        ParentCells read = Objects.requireNonNull(map.parents());
        assertThat(read.centroids()).isDeepEqualTo(parents.centroids());
        assertThat(read.parentOfCell()).containsExactly(0, 0, 1);
        assertThat(read.visits()).isEqualTo(2);
    }

    private static CellMap goldenMap() {
        return goldenMap(null);
    }

    private static CellMap goldenMap(@Nullable ParentCells parents) {
        return new CellMap(
                new CellSpace(Metric.DOT, 2, 2.5f),
                0x0123456789ABCDEFL,
                1.125f,
                new float[][] {{1, 0, 0}, {0.5f, -1.25f, 2}, {0, 0, 2.5f}},
                parents,
                new int[] {0, 0, 1},
                null);
    }

    @Test
    void centroidsAndTheirMeanAreToldInTheSpaceOfTheCells() {
        CellMap map = goldenMap();
        assertThat(map.mean()).containsExactly(0.5f, -1.25f / 3, 1.5f);
        float[] centroid = {0, 0, 0, 7};
        map.copyCentroid(1, centroid);
        assertThat(centroid).containsExactly(0.5f, -1.25f, 2, 7);
    }

    @Test
    void badArgumentsAreRefusedWithTheirValues() {
        CellMap map = CellMap.single(Metric.EUCLIDEAN, 3);
        assertThatThrownBy(() -> map.nearestCell(new float[4])).hasMessageContaining("dimension 4 != 3");
        assertThatThrownBy(() -> map.rank(new float[2], 1)).hasMessageContaining("dimension 2 != 3");
        assertThatThrownBy(() -> map.rank(new float[3], 0)).hasMessageContaining("cells to rank 0 < 1");
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(CellMapTest.class.getResourceAsStream(name), name)) {
            return HexFormat.of().parseHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip());
        }
    }

    private static double dot(float[] a, float[] b) {
        return new ScalarKernels().dot(a, b);
    }

    private static CellTraining spec(Metric metric) {
        return new CellTraining(metric, DIMENSION, 37, 3, 1, 1);
    }

    private static CellMap trained(Metric metric, SplittableRandom random) {
        float[][] sample = Data.stored(metric, Data.clustered(random, 1_000, DIMENSION, 20));
        return CellTrainer.train(sample, spec(metric), () -> false);
    }
}
