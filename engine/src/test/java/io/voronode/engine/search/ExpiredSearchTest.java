package io.voronode.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.util.Objects;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Searches of documents that expire. */
class ExpiredSearchTest {

    private static final int DIMENSION = 21;
    /** Forth and back, as requests of several clocks come. */
    private static final long[] TIMES = {0, 1, 400, 399, 400, 700, 701, 3, TestIndex.TIMES, 50, Long.MAX_VALUE - 1};

    private static final long LONG_AGO = Long.MIN_VALUE;

    @ParameterizedTest
    @EnumSource
    void findsTheNearestOfThoseThatLiveAndCountsThese(IndexKind kind) throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = new TestIndex(directory, kind, Metric.EUCLIDEAN, DIMENSION, 5)) {
            index.expiring = true;
            for (int round = 0; round < 3; round++) {
                index.churn(400, 500);
                try (DirectoryReader reader = index.reader()) {
                    ShardSearcher searcher = searcher(reader);
                    for (long now : TIMES) {
                        assertFindsWhatLives(index, reader, searcher, now);
                    }
                }
            }
        }
    }

    private static void assertFindsWhatLives(TestIndex index, DirectoryReader reader, ShardSearcher searcher, long now)
            throws IOException {
        float[] query = index.query();
        TopHits all = searcher.search(index.ask(query, 10, index.allCells()), now);
        index.assertExact(reader, all, query, 10, entry -> entry.livesAt(now));
        assertThat(all.accepted()).isEqualTo(living(index, TestIndex.BUCKETS, now));
        for (int exactLimit : new int[] {0, Integer.MAX_VALUE}) {
            QueryFilter filter = new QueryFilter(below(40), exactLimit);
            TopHits filtered = searcher.search(index.ask(query, 10, CellQuery.EXACT, filter, index.allCells()), now);
            index.assertExact(reader, filtered, query, 10, entry -> entry.bucket() < 40 && entry.livesAt(now));
            assertThat(filtered.accepted()).isEqualTo(living(index, 40, now));
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"FLAT", "IVF_FLAT"})
    void codesAndGraphsFindAsManyAsAreWantedAndNoneThatHasExpired(IndexKind kind) throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = new TestIndex(directory, kind, Metric.EUCLIDEAN, DIMENSION, 6)) {
            index.expiring = true;
            index.churn(3000, 2000);
            try (DirectoryReader reader = index.reader()) {
                ShardSearcher searcher = searcher(reader);
                for (long now : TIMES) {
                    TopHits hits = searcher.search(
                            index.ask(index.query(), 10, CellQuery.DEFAULT_EPSILON, index.allCells()), now);
                    assertThat(hits.size()).isEqualTo(10);
                    for (int docId : hits.docIds()) {
                        String key = reader.storedFields().document(docId).get("key");
                        assertThat(Objects.requireNonNull(index.model.get(key)).livesAt(now))
                                .as("%s lives at %d", key, now)
                                .isTrue();
                    }
                }
            }
        }
    }

    @Test
    void aSegmentInWhichNothingExpiresIsNotLookedAt() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = new TestIndex(directory, IndexKind.IVF_FLAT, Metric.EUCLIDEAN, DIMENSION, 7)) {
            index.churn(300, 200);
            try (DirectoryReader reader = index.reader()) {
                for (LeafReaderContext leaf : reader.leaves()) {
                    assertThat(ExpiredDocs.of(leaf.reader())).isNull();
                }
            }
        }
    }

    @Test
    void documentsStayTheSameSetUntilOneOfThemExpires() throws IOException {
        try (Directory directory = new ByteBuffersDirectory();
                TestIndex index = new TestIndex(directory, IndexKind.IVF_FLAT, Metric.EUCLIDEAN, DIMENSION, 8)) {
            index.expiring = true;
            index.churn(300, 200);
            index.writer.forceMerge(1);
            long first = index.model.values().stream()
                    .mapToLong(TestIndex.Entry::expiryMs)
                    .min()
                    .orElseThrow();
            try (DirectoryReader reader = index.reader()) {
                ExpiredDocs expired = Objects.requireNonNull(
                        ExpiredDocs.of(reader.leaves().getFirst().reader()));
                assertThat(expired.without(null, LONG_AGO)).as("all").isNull();
                assertThat(expired.without(null, first - 1)).as("all").isNull();

                AcceptedDocs some = Objects.requireNonNull(expired.without(null, first));
                assertThat(some.count()).isEqualTo((int) living(index, TestIndex.BUCKETS, first));
                assertThat(expired.without(null, first)).isSameAs(some);
                assertThat(expired.without(some, first))
                        .as("none of these expires")
                        .isSameAs(some);
            }
        }
    }

    private static long living(TestIndex index, int buckets, long now) {
        return index.model.values().stream()
                .filter(entry -> entry.bucket() < buckets && entry.livesAt(now))
                .count();
    }

    private static ShardSearcher searcher(DirectoryReader reader) throws IOException {
        return new ShardSearcher(reader, TestIndex.FIELD, Metric.EUCLIDEAN, TestIndex.FILTERS);
    }

    private static Query below(int buckets) {
        return IntPoint.newRangeQuery(TestIndex.BUCKET, 0, buckets - 1);
    }
}
