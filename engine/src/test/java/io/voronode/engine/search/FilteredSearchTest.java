package io.voronode.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FilteredSearchTest {

    private static final int DIMENSION = 21;
    private static final int NEVER_EXACT = 0;
    private static final int ALWAYS_EXACT = Integer.MAX_VALUE;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void scannedCellsGiveTheNearestOfThoseThatTheFilterAccepts(IndexKind kind) throws IOException {
        try (Directory directory = new MMapDirectory(folder);
                TestIndex index = new TestIndex(directory, kind, Metric.EUCLIDEAN, DIMENSION, 31)) {
            for (int round = 0; round < 5; round++) {
                index.churn(400, 500);
                try (DirectoryReader reader = index.reader()) {
                    for (int buckets : new int[] {1, 10, 50, 99}) {
                        float[] query = index.query();
                        TopHits hits = searcher(reader, Metric.EUCLIDEAN)
                                .search(ask(index, query, 10, below(buckets), NEVER_EXACT, index.allCells()));
                        index.assertExact(reader, hits, query, 10, entry -> entry.bucket() < buckets);
                        assertThat(hits.accepted()).isEqualTo(matches(index, buckets));
                        assertThat(hits.exactFiltered()).isFalse();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MANHATTAN")
    void codesFindNearlyAllOfTheNearestThatTheFilterAcceptsAndNoOthers(Metric metric) throws IOException {
        try (Directory directory = new MMapDirectory(folder);
                TestIndex index = new TestIndex(directory, IndexKind.IVF_RABITQ, metric, DIMENSION, 17)) {
            index.churn(3000, 2000);
            double found = 0;
            try (DirectoryReader reader = index.reader()) {
                for (int i = 0; i < 40; i++) {
                    float[] query = index.query();
                    QueryFilter filter = new QueryFilter(below(30), NEVER_EXACT);
                    TopHits exact = searcher(reader, metric)
                            .search(index.ask(query, 10, CellQuery.EXACT, filter, index.allCells()));
                    TopHits coded = searcher(reader, metric)
                            .search(index.ask(query, 10, CellQuery.DEFAULT_EPSILON, filter, index.allCells()));
                    assertThat(coded.accepted()).isEqualTo(matches(index, 30));
                    found += Arrays.stream(coded.docIds())
                            .filter(doc -> Arrays.stream(exact.docIds()).anyMatch(other -> other == doc))
                            .count();
                }
            }
            assertThat(found / 400).isGreaterThan(0.95);
        }
    }

    /** As many as are wanted are found where a walk finds fewer, and no others. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MANHATTAN")
    void graphsFindNearlyAllOfTheNearestThatTheFilterAcceptsAndNeverFewer(Metric metric) throws IOException {
        try (Directory directory = new MMapDirectory(folder);
                TestIndex index = new TestIndex(directory, IndexKind.HNSW, metric, DIMENSION, 18)) {
            index.churn(3000, 2000);
            try (DirectoryReader reader = index.reader()) {
                for (int buckets : new int[] {1, 3, 30, 90}) {
                    double found = 0;
                    double wanted = 0;
                    for (int i = 0; i < 20; i++) {
                        float[] query = index.query();
                        QueryFilter filter = new QueryFilter(below(buckets), NEVER_EXACT);
                        TopHits exact =
                                searcher(reader, metric).search(index.ask(query, 10, CellQuery.EXACT, filter, 0));
                        TopHits walked = searcher(reader, metric)
                                .search(index.ask(query, 10, CellQuery.DEFAULT_EPSILON, filter, 0));
                        assertThat(walked.size()).isEqualTo(exact.size());
                        wanted += exact.size();
                        found += Arrays.stream(walked.docIds())
                                .filter(doc -> Arrays.stream(exact.docIds()).anyMatch(other -> other == doc))
                                .count();
                    }
                    assertThat(found / wanted).as("below bucket %d", buckets).isGreaterThan(0.9);
                }
            }
        }
    }

    @Test
    void fewAcceptedDocumentsAreAllComparedWhateverCellsAreNamed() throws IOException {
        try (Directory directory = new MMapDirectory(folder);
                TestIndex index = new TestIndex(directory, IndexKind.IVF_FLAT, Metric.COSINE, DIMENSION, 8)) {
            index.churn(1500, 900);
            try (DirectoryReader reader = index.reader()) {
                for (int buckets : new int[] {1, 10, 50}) {
                    float[] query = index.query();
                    TopHits hits = searcher(reader, Metric.COSINE)
                            .search(ask(index, query, 12, below(buckets), ALWAYS_EXACT, 3));
                    index.assertExact(reader, hits, query, 12, entry -> entry.bucket() < buckets);
                    assertThat(hits.exactFiltered()).isTrue();
                    assertThat(hits.counters().cells()).isZero();
                    assertThat(hits.counters().vectors()).isEqualTo(matches(index, buckets));
                }
            }
        }
    }

    @Test
    void theLimitIsTheLargestNumberOfDocumentsThatAreCompared() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = filled(directory);
                DirectoryReader reader = index.reader()) {
            int matches = (int) matches(index, 20);
            float[] query = index.query();
            assertThat(searcher(reader, Metric.DOT)
                            .search(ask(index, query, 5, below(20), matches, 0))
                            .exactFiltered())
                    .isTrue();
            assertThat(searcher(reader, Metric.DOT)
                            .search(ask(index, query, 5, below(20), matches - 1, 0))
                            .exactFiltered())
                    .isFalse();
        }
    }

    @Test
    void aFilterThatAcceptsNothingGivesNoHitsAndSaysSo() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = filled(directory);
                DirectoryReader reader = index.reader()) {
            TopHits hits = searcher(reader, Metric.DOT)
                    .search(ask(
                            index, index.query(), 5, new MatchNoDocsQuery("nothing"), NEVER_EXACT, index.allCells()));
            assertThat(hits.size()).isZero();
            assertThat(hits.accepted()).isZero();
            assertThat(hits.exactFiltered()).isTrue();
        }
    }

    @Test
    void withoutCellsTheAcceptedDocumentsAreOnlyCounted() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = filled(directory);
                DirectoryReader reader = index.reader()) {
            TopHits hits = searcher(reader, Metric.DOT).search(ask(index, index.query(), 5, below(30), NEVER_EXACT));
            assertThat(hits.size()).isZero();
            assertThat(hits.accepted()).isEqualTo(matches(index, 30));
        }
    }

    @Test
    void aRememberedFilterFollowsDeletesAndUpdates() throws IOException {
        FilterCache cache = new FilterCache(1 << 20);
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = filled(directory)) {
            for (int round = 0; round < 20; round++) {
                index.churn(20, 300);
                try (DirectoryReader reader = index.reader()) {
                    ShardSearcher searcher = new ShardSearcher(reader, TestIndex.FIELD, Metric.DOT, cache);
                    for (int repeat = 0; repeat < 2; repeat++) {
                        float[] query = index.query();
                        TopHits hits = searcher.search(ask(index, query, 9, below(25), NEVER_EXACT, index.allCells()));
                        index.assertExact(reader, hits, query, 9, entry -> entry.bucket() < 25);
                    }
                }
            }
        }
    }

    @Test
    void rememberedFiltersStayWithinTheirBytesAndGoWithTheirSegments() throws IOException {
        FilterCache cache = new FilterCache(4_000);
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = filled(directory)) {
            try (DirectoryReader reader = index.reader()) {
                ShardSearcher searcher = new ShardSearcher(reader, TestIndex.FIELD, Metric.DOT, cache);
                for (int buckets = 1; buckets < 60; buckets++) {
                    searcher.search(ask(index, index.query(), 9, below(buckets), NEVER_EXACT, 0));
                    assertThat(cache.bytes()).isPositive().isLessThanOrEqualTo(4_000);
                }
            }
            index.writer.close();
            assertThat(cache.bytes()).isZero();
        }
    }

    @Test
    void cancellationEndsTheComparison() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = filled(directory);
                DirectoryReader reader = index.reader()) {
            QueryFilter all = new QueryFilter(below(TestIndex.BUCKETS), ALWAYS_EXACT);
            CellQuery query = new CellQuery(
                    index.query(),
                    5,
                    new int[0],
                    new float[0],
                    Float.POSITIVE_INFINITY,
                    CellQuery.EXACT,
                    all,
                    () -> true);
            assertThatThrownBy(() -> searcher(reader, Metric.DOT).search(query))
                    .isInstanceOf(CancellationException.class);
        }
    }

    private static ShardSearcher searcher(DirectoryReader reader, Metric metric) throws IOException {
        return new ShardSearcher(reader, TestIndex.FIELD, metric, TestIndex.FILTERS);
    }

    private static CellQuery ask(TestIndex index, float[] vector, int k, Query filter, int exactLimit, int... cells) {
        return index.ask(vector, k, CellQuery.EXACT, new QueryFilter(filter, exactLimit), cells);
    }

    private static Query below(int bucket) {
        return IntPoint.newRangeQuery(TestIndex.BUCKET, 0, bucket - 1);
    }

    private static long matches(TestIndex index, int buckets) {
        return index.model.values().stream()
                .filter(entry -> entry.bucket() < buckets)
                .count();
    }

    private static TestIndex filled(Directory directory) throws IOException {
        TestIndex index = new TestIndex(directory, IndexKind.IVF_FLAT, Metric.DOT, DIMENSION, 9);
        for (int i = 0; i < 300; i++) {
            index.put("key-" + i);
            if (i % 90 == 89) {
                index.writer.flush();
            }
        }
        return index;
    }
}
