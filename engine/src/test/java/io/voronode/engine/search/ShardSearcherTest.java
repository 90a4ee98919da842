package io.voronode.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.voronode.engine.Data;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Distances;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShardSearcherTest {

    private static final int DIMENSION = 21;
    /** Standard deviations of an estimate, beyond which no true neighbour here is left out. */
    private static final float SURE = 8;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void mappedFilesAnswerAsBruteForceOverAllAndOverSomeCells(Metric metric) throws IOException {
        try (Directory directory = new MMapDirectory(folder)) {
            answersAsBruteForce(directory, metric);
        }
    }

    @Test
    void cellSpreadIsThatOfTheVectorsInAllSegments() throws IOException {
        try (Directory directory = new MMapDirectory(folder);
                TestIndex index = new TestIndex(directory, IndexKind.IVF_FLAT, Metric.COSINE, DIMENSION, 3)) {
            assertSpread(index, 0);
            for (int i = 0; i < 300; i++) {
                index.put("key-" + i);
                if (i % 70 == 0) {
                    index.writer.flush();
                }
            }
            assertSpread(index, 300);
        }
    }

    private static void assertSpread(TestIndex index, int vectors) throws IOException {
        int[] sizes = new int[index.map.cellCount()];
        index.model.values().forEach(entry -> sizes[entry.cell()]++);
        try (DirectoryReader reader = index.reader()) {
            CellSpread spread =
                    new ShardSearcher(reader, TestIndex.FIELD, index.metric, TestIndex.FILTERS).cellSpread();
            assertThat(spread.vectors()).isEqualTo(vectors);
            assertThat(spread.squares())
                    .isEqualTo(Arrays.stream(sizes)
                            .mapToDouble(size -> (double) size * size)
                            .sum());
        }
    }

    @ParameterizedTest
    @EnumSource
    void copiedVectorsAnswerAsBruteForceOverAllAndOverSomeCells(Metric metric) throws IOException {
        try (Directory directory = new ByteBuffersDirectory()) {
            answersAsBruteForce(directory, metric);
        }
    }

    private void answersAsBruteForce(Directory directory, Metric metric) throws IOException {
        try (TestIndex index = new TestIndex(directory, IndexKind.IVF_FLAT, metric, DIMENSION, 77)) {
            for (int round = 0; round < 6; round++) {
                index.churn(400, 500);
                try (DirectoryReader reader = index.reader()) {
                    ShardSearcher searcher = new ShardSearcher(reader, TestIndex.FIELD, metric, TestIndex.FILTERS);
                    for (int i = 0; i < 10; i++) {
                        float[] query = index.query();
                        int k = 1 + index.random.nextInt(40);
                        int[] all = index.allCells();
                        TopHits exact = searcher.search(index.ask(query, k, all));
                        index.assertExact(reader, exact, query, k, all);
                        assertThat(exact.counters().vectors()).isEqualTo(index.model.size());
                        int[] some = index.map
                                .rank(query, 1 + index.random.nextInt(8))
                                .cells();
                        TopHits probed = searcher.search(index.ask(query, k, some));
                        index.assertExact(reader, probed, query, k, some);
                        assertThat(probed.counters().cells()).isEqualTo(some.length);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"IVF_FLAT", "IVF_SQ8", "IVF_PQ", "IVF_RABITQ"})
    void hitsTellTheCellsInWhichTheyWereMet(IndexKind kind) throws IOException {
        try (Directory directory = new MMapDirectory(folder);
                TestIndex index = new TestIndex(directory, kind, Metric.EUCLIDEAN, DIMENSION, 8)) {
            index.churn(2_000, 1_500);
            try (DirectoryReader reader = index.reader()) {
                float[] query = index.query();
                TopHits hits = new ShardSearcher(reader, TestIndex.FIELD, index.metric, TestIndex.FILTERS)
                        .search(index.ask(query, 50, SURE, index.allCells()));
                index.assertExact(reader, hits, query, 50, index.allCells());
                assertThat(hits.cells()).doesNotContain(TopHits.NO_CELL);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void kindFlatIsExactWhateverCellsAreNamed(Metric metric) throws IOException {
        try (Directory directory = new MMapDirectory(folder);
                TestIndex index = new TestIndex(directory, IndexKind.FLAT, metric, DIMENSION, 5)) {
            index.churn(800, 300);
            try (DirectoryReader reader = index.reader()) {
                ShardSearcher searcher = new ShardSearcher(reader, TestIndex.FIELD, metric, TestIndex.FILTERS);
                float[] query = index.query();
                TopHits hits = searcher.search(index.ask(query, 20, 3, 4));
                index.assertExact(reader, hits, query, 20, index.allCells());
                assertThat(hits.counters().vectors()).isEqualTo(index.model.size());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void luceneSearchFindsTheSame(Metric metric) throws IOException {
        try (Directory directory = new MMapDirectory(folder);
                TestIndex index = new TestIndex(directory, IndexKind.IVF_FLAT, metric, DIMENSION, 6)) {
            index.churn(600, 300);
            try (DirectoryReader reader = index.reader()) {
                float[] query = index.query();
                TopHits ours = new ShardSearcher(reader, TestIndex.FIELD, metric, TestIndex.FILTERS)
                        .search(index.ask(query, 10, index.allCells()));
                TopDocs lucene =
                        new IndexSearcher(reader).search(new KnnFloatVectorQuery(TestIndex.FIELD, query, 10), 10);
                assertThat(Arrays.stream(lucene.scoreDocs)
                                .mapToInt(hit -> hit.doc)
                                .toArray())
                        .isEqualTo(ours.docIds());
                for (int i = 0; i < 10; i++) {
                    assertThat(lucene.scoreDocs[i].score)
                            .isCloseTo(Distances.score(metric, ours.distances()[i]), within(1e-4f));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MANHATTAN", mode = EnumSource.Mode.EXCLUDE)
    void codesOfMappedFilesFindWhatBruteForceFinds(Metric metric) throws IOException {
        try (Directory directory = new MMapDirectory(folder)) {
            codesFindWhatBruteForceFinds(directory, IndexKind.IVF_RABITQ, metric);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MANHATTAN", mode = EnumSource.Mode.EXCLUDE)
    void codesOfCopiedFilesFindWhatBruteForceFinds(Metric metric) throws IOException {
        try (Directory directory = new ByteBuffersDirectory()) {
            codesFindWhatBruteForceFinds(directory, IndexKind.IVF_RABITQ, metric);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MANHATTAN", mode = EnumSource.Mode.EXCLUDE)
    void codesOfAProductQuantizerFindWhatBruteForceFinds(Metric metric) throws IOException {
        try (Directory directory = new MMapDirectory(folder)) {
            codesFindWhatBruteForceFinds(directory, IndexKind.IVF_PQ, metric);
        }
    }

    @ParameterizedTest
    @EnumSource
    void bytesOfMappedFilesFindWhatBruteForceFinds(Metric metric) throws IOException {
        try (Directory directory = new MMapDirectory(folder)) {
            codesFindWhatBruteForceFinds(directory, IndexKind.IVF_SQ8, metric);
        }
    }

    @ParameterizedTest
    @EnumSource
    void bytesOfCopiedFilesFindWhatBruteForceFinds(Metric metric) throws IOException {
        try (Directory directory = new ByteBuffersDirectory()) {
            codesFindWhatBruteForceFinds(directory, IndexKind.IVF_SQ8, metric);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MANHATTAN", mode = EnumSource.Mode.EXCLUDE)
    void graphsFindAllWithAWideBeamAndMostWithANarrowOne(Metric metric) throws IOException {
        try (Directory directory = new MMapDirectory(folder);
                TestIndex index = new TestIndex(directory, IndexKind.HNSW, metric, DIMENSION, 81)) {
            index.churn(2500, 2000);
            try (DirectoryReader reader = index.reader()) {
                ShardSearcher searcher = new ShardSearcher(reader, TestIndex.FIELD, metric, TestIndex.FILTERS);
                int found = 0;
                for (int i = 0; i < 20; i++) {
                    float[] query = index.query();
                    TopHits exact = searcher.search(index.ask(query, 10, 0));
                    index.assertExact(reader, exact, query, 10, index.allCells());
                    TopHits wide = searcher.search(walk(query, 10, 2000));
                    assertThat(wide.docIds()).isEqualTo(exact.docIds());
                    assertThat(wide.distances()).containsExactly(exact.distances(), within(1e-4f));
                    TopHits narrow = searcher.search(walk(query, 10, 20));
                    found += (int) Arrays.stream(narrow.docIds())
                            .filter(doc -> IntStream.of(exact.docIds()).anyMatch(other -> other == doc))
                            .count();
                }
                assertThat(found).as("of 200").isBetween(150, 200);
            }
        }
    }

    @Test
    void walksOfGraphsEndWhenCancelled() throws IOException {
        try (Directory directory = new MMapDirectory(folder);
                TestIndex index = new TestIndex(directory, IndexKind.HNSW, Metric.DOT, DIMENSION, 83)) {
            index.churn(2000, 2000);
            try (DirectoryReader reader = index.reader()) {
                AtomicInteger asked = new AtomicInteger();
                CellQuery query = walk(index.query(), 10, 100, () -> asked.incrementAndGet() > 3);
                assertThatThrownBy(() ->
                                new ShardSearcher(reader, TestIndex.FIELD, Metric.DOT, TestIndex.FILTERS).search(query))
                        .isInstanceOf(CancellationException.class);
            }
        }
    }

    @Test
    void aSearchIsCancelledWhileItsCandidatesAreCompared() throws IOException {
        try (Directory directory = new MMapDirectory(folder);
                TestIndex index = new TestIndex(directory, IndexKind.IVF_RABITQ, Metric.EUCLIDEAN, DIMENSION, 84)) {
            index.churn(3000, 3000);
            try (DirectoryReader reader = index.reader()) {
                ShardSearcher searcher =
                        new ShardSearcher(reader, TestIndex.FIELD, Metric.EUCLIDEAN, TestIndex.FILTERS);
                float[] vector = index.query();
                int[] cells = index.map.rank(vector, index.map.cellCount()).cells();
                AtomicInteger asked = new AtomicInteger();
                searcher.search(asking(index.ask(vector, 1000, 6f, cells), asked, Integer.MAX_VALUE));
                int last = asked.get();
                asked.set(0);
                assertThatThrownBy(() -> searcher.search(asking(index.ask(vector, 1000, 6f, cells), asked, last)))
                        .isInstanceOf(CancellationException.class)
                        .hasStackTraceContaining("compareCandidates");
            }
        }
    }

    /** The same, cancelled when it asks for the n-th time. */
    private static CellQuery asking(CellQuery query, AtomicInteger asked, int cancelledAt) {
        return new CellQuery(
                query.vector(),
                query.k(),
                query.cells(),
                query.centroidDistances(),
                query.bound(),
                query.epsilon(),
                query.ef(),
                query.filter(),
                () -> asked.incrementAndGet() >= cancelledAt);
    }

    private static CellQuery walk(float[] query, int k, int ef) {
        return walk(query, k, ef, () -> false);
    }

    private static CellQuery walk(float[] query, int k, int ef, BooleanSupplier cancelled) {
        return new CellQuery(
                query,
                k,
                new int[1],
                new float[1],
                Float.POSITIVE_INFINITY,
                CellQuery.DEFAULT_EPSILON,
                ef,
                null,
                cancelled);
    }

    /** At six standard deviations no vector is lost to its code; at the default few are. */
    private void codesFindWhatBruteForceFinds(Directory directory, IndexKind kind, Metric metric) throws IOException {
        try (TestIndex index = new TestIndex(directory, kind, metric, DIMENSION, 78)) {
            int found = 0;
            int wanted = 0;
            for (int round = 0; round < 6; round++) {
                index.churn(400, 500);
                try (DirectoryReader reader = index.reader()) {
                    ShardSearcher searcher = new ShardSearcher(reader, TestIndex.FIELD, metric, TestIndex.FILTERS);
                    for (int i = 0; i < 10; i++) {
                        float[] query = index.query();
                        int k = 1 + index.random.nextInt(40);
                        int[] cells = index.map
                                .rank(query, 1 + index.random.nextInt(index.map.cellCount()))
                                .cells();
                        TopHits certain = searcher.search(index.ask(query, k, 6f, cells));
                        index.assertExact(reader, certain, query, k, cells);
                        TopHits usual = searcher.search(index.ask(query, k, CellQuery.DEFAULT_EPSILON, cells));
                        assertThat(usual.counters().codes()).isPositive();
                        wanted += certain.size();
                        found += (int) Arrays.stream(usual.docIds())
                                .filter(doc -> IntStream.of(certain.docIds()).anyMatch(other -> other == doc))
                                .count();
                    }
                }
            }
            assertThat((double) found / wanted).as("recall against all of them").isGreaterThan(0.97);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"IVF_RABITQ", "IVF_PQ", "IVF_SQ8"})
    void vectorsThatOverflowAreNeitherLostNorInTheWayOfOthers(IndexKind kind) throws IOException {
        try (Directory directory = new MMapDirectory(folder);
                TestIndex index = new TestIndex(directory, kind, Metric.EUCLIDEAN, DIMENSION, 80)) {
            float[] huge = new float[DIMENSION];
            Arrays.fill(huge, 1e19f);
            index.put("huge", huge, 0);
            for (int i = 0; i < 300; i++) {
                index.put("key-" + i);
            }
            index.writer.forceMerge(1);
            try (DirectoryReader reader = index.reader()) {
                ShardSearcher searcher =
                        new ShardSearcher(reader, TestIndex.FIELD, Metric.EUCLIDEAN, TestIndex.FILTERS);
                float[] query = index.query();
                int[] all = index.allCells();
                for (int k : new int[] {1, 2, 301}) {
                    TopHits exact = searcher.search(index.ask(query, k, all));
                    assertThat(searcher.search(index.ask(query, k, 6f, all)).docIds())
                            .isEqualTo(exact.docIds());
                }
                // Every distance overflows: as many hits as were asked for, none better than another.
                assertThat(searcher.search(index.ask(huge.clone(), 5, 6f, all)).size())
                        .isEqualTo(5);
            }
        }
    }

    @Test
    void codesSpareMostVectorsFromBeingCompared() throws IOException {
        try (Directory directory = new MMapDirectory(folder);
                TestIndex index = new TestIndex(directory, IndexKind.IVF_RABITQ, Metric.EUCLIDEAN, DIMENSION, 79)) {
            for (int i = 0; i < 2000; i++) {
                index.put("key-" + i);
            }
            index.writer.forceMerge(1);
            try (DirectoryReader reader = index.reader()) {
                TopHits hits = new ShardSearcher(reader, TestIndex.FIELD, Metric.EUCLIDEAN, TestIndex.FILTERS)
                        .search(index.ask(index.query(), 10, CellQuery.DEFAULT_EPSILON, index.allCells()));
                assertThat(hits.counters().codes()).isEqualTo(2000);
                assertThat(hits.counters().refined()).isLessThan(1000);
                assertThat(hits.counters().vectors()).isLessThan(100);
            }
        }
    }

    @Test
    void noCellsGiveNoHits() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = filled(directory, 50);
                DirectoryReader reader = index.reader()) {
            TopHits hits = searcher(reader).search(index.ask(index.query(), 10));
            assertThat(hits.size()).isZero();
            assertThat(hits.counters().vectors()).isZero();
        }
    }

    @Test
    void emptyIndexGivesNoHits() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = filled(directory, 0);
                DirectoryReader reader = index.reader()) {
            assertThat(searcher(reader).search(index.ask(index.query(), 10, 0)).size())
                    .isZero();
        }
    }

    @Test
    void kBeyondTheDocumentsGivesThemAll() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = filled(directory, 50);
                DirectoryReader reader = index.reader()) {
            float[] query = index.query();
            TopHits hits = searcher(reader).search(index.ask(query, CellQuery.MAX_K, index.allCells()));
            index.assertExact(reader, hits, query, CellQuery.MAX_K, index.allCells());
            assertThat(hits.size()).isEqualTo(50);
        }
    }

    @Test
    void hitsBeyondTheBoundAreLeftOut() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = filled(directory, 300);
                DirectoryReader reader = index.reader()) {
            float[] query = index.query();
            int[] all = index.allCells();
            TopHits free = searcher(reader).search(index.ask(query, 40, all));
            float bound = free.distances()[9];
            TopHits bounded = searcher(reader)
                    .search(new CellQuery(
                            query,
                            40,
                            all,
                            new float[all.length],
                            bound,
                            CellQuery.DEFAULT_EPSILON,
                            null,
                            () -> false));
            assertThat(bounded.docIds()).isEqualTo(Arrays.copyOf(free.docIds(), 10));
        }
    }

    @Test
    void equalDistancesAreOrderedByDocument() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = filled(directory, 200);
                DirectoryReader reader = index.reader()) {
            // DOT with a zero query: every distance is 0.
            ShardSearcher searcher = searcher(reader);
            TopHits hits = searcher.search(index.ask(new float[DIMENSION], 30, index.allCells()));
            TopHits again = searcher.search(index.ask(new float[DIMENSION], 30, reversed(index.allCells())));
            assertThat(hits.docIds()).isSorted().isEqualTo(again.docIds());
            assertThat(hits.docIds()[0]).isZero();
        }
    }

    @Test
    void cancellationEndsTheScan() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = filled(directory, 300);
                DirectoryReader reader = index.reader()) {
            AtomicInteger asked = new AtomicInteger();
            int[] all = index.allCells();
            CellQuery query = new CellQuery(
                    index.query(),
                    5,
                    all,
                    new float[all.length],
                    Float.POSITIVE_INFINITY,
                    CellQuery.DEFAULT_EPSILON,
                    null,
                    () -> asked.incrementAndGet() > 3);
            assertThatThrownBy(() -> searcher(reader).search(query)).isInstanceOf(CancellationException.class);
            assertThat(asked).hasValue(4);
        }
    }

    @Test
    void queriesThatDoNotFitAreRefusedWithTheirValues() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = filled(directory, 20);
                DirectoryReader reader = index.reader()) {
            assertThatThrownBy(() -> searcher(reader)
                            .search(new CellQuery(
                                    new float[3],
                                    5,
                                    new int[1],
                                    new float[1],
                                    Float.POSITIVE_INFINITY,
                                    CellQuery.EXACT,
                                    null,
                                    () -> false)))
                    .hasMessage("dimension 3 != 21 of the index");
            assertThatThrownBy(() -> new ShardSearcher(reader, TestIndex.FIELD, Metric.EUCLIDEAN, TestIndex.FILTERS)
                            .search(index.ask(index.query(), 5, 0)))
                    .hasMessage("metric EUCLIDEAN != DOT of the index");
            assertThatThrownBy(() -> index.ask(index.query(), 0, CellQuery.EXACT, 1))
                    .hasMessage("k 0 is not in 1..10000");
            assertThatThrownBy(() -> index.ask(index.query(), 10_001, CellQuery.EXACT, 1))
                    .hasMessage("k 10001 is not in 1..10000");
            assertThatThrownBy(() -> asking(1, -1)).hasMessage("cell -1 is not in 0..67108863");
            assertThatThrownBy(() -> asking(1 << 26)).hasMessage("cell 67108864 is not in 0..67108863");
            assertThatThrownBy(() -> asking(1, 2, 1)).hasMessage("a cell is named twice in [1, 2, 1]");
        }
    }

    @Test
    void overflowingDistancesComeLastAndAreNotLost() throws IOException {
        TopK top = new TopK(3, Float.POSITIVE_INFINITY);
        top.offer(1, Float.NaN, 0);
        top.offer(2, 5, 0);
        top.offer(3, Float.POSITIVE_INFINITY, 0);
        top.offer(4, Float.NEGATIVE_INFINITY, 0);
        assertThat(top.drain(ScanCounters.NONE, 0, false).docIds()).containsExactly(4, 2, 1);
    }

    @Test
    void topKEqualsSorting() {
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 200; round++) {
            int count = random.nextInt(1, 300);
            int k = random.nextInt(1, 60);
            float[] distances = Data.gaussian(random, count);
            for (int i = 0; i < count; i++) {
                distances[i] = Math.round(distances[i] * 4);
            }
            TopK top = new TopK(k, Float.POSITIVE_INFINITY);
            int[] order = IntStream.range(0, count).toArray();
            for (int i : order) {
                top.offer(i, distances[i], -i);
            }
            int[] expected = Arrays.stream(order)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> distances[i])
                            .thenComparingInt(i -> i))
                    .limit(k)
                    .mapToInt(i -> i)
                    .toArray();
            TopHits hits = top.drain(ScanCounters.NONE, 0, false);
            assertThat(hits.docIds()).as("round %d", round).isEqualTo(expected);
            assertThat(hits.cells())
                    .as("round %d", round)
                    .isEqualTo(Arrays.stream(expected).map(i -> -i).toArray());
        }
    }

    private static CellQuery asking(int... cells) {
        return new CellQuery(
                new float[DIMENSION],
                5,
                cells,
                new float[cells.length],
                Float.POSITIVE_INFINITY,
                CellQuery.EXACT,
                null,
                () -> false);
    }

    private static ShardSearcher searcher(DirectoryReader reader) throws IOException {
        return new ShardSearcher(reader, TestIndex.FIELD, Metric.DOT, TestIndex.FILTERS);
    }

    private static TestIndex filled(Directory directory, int documents) throws IOException {
        TestIndex index = new TestIndex(directory, IndexKind.IVF_FLAT, Metric.DOT, DIMENSION, 9);
        for (int i = 0; i < documents; i++) {
            index.put("key-" + i);
            if (i % 90 == 89) {
                index.writer.flush();
            }
        }
        return index;
    }

    private static int[] reversed(int[] values) {
        return Arrays.stream(values).map(value -> values.length - 1 - value).toArray();
    }
}
