package io.voronode.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.voronode.engine.Data;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches on published readers while one thread updates, deletes and merges. */
class SearchWhileWritingTest {

    private static final int DIMENSION = 16;
    private static final int KEYS = 400;

    @Test
    void everyAnswerIsWholeSortedAndWithoutDuplicates(@TempDir Path folder) throws Exception {
        try (Directory directory = new MMapDirectory(folder);
                TestIndex index = new TestIndex(directory, IndexKind.IVF_FLAT, Metric.COSINE, DIMENSION, 13)) {
            for (int i = 0; i < KEYS; i++) {
                index.put("key-" + i);
            }
            try (SearcherManager published = new SearcherManager(index.writer, null);
                    ExecutorService threads = Executors.newFixedThreadPool(3)) {
                AtomicBoolean done = new AtomicBoolean();
                List<Future<Integer>> searches = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    searches.add(threads.submit(searchUntil(done, published, index.allCells(), i)));
                }
                try {
                    for (int round = 0; round < 150; round++) {
                        index.put("key-" + index.random.nextInt(KEYS));
                        index.put("key-" + index.random.nextInt(KEYS));
                        published.maybeRefreshBlocking();
                        if (round % 50 == 49) {
                            index.writer.forceMerge(1);
                        }
                    }
                } finally {
                    done.set(true);
                }
                for (Future<Integer> search : searches) {
                    assertThat(search.get()).isPositive();
                }
            }
            try (DirectoryReader reader = index.reader()) {
                float[] query = index.query();
                TopHits hits = new ShardSearcher(reader, TestIndex.FIELD, Metric.COSINE, TestIndex.FILTERS)
                        .search(index.ask(query, 25, index.allCells()));
                index.assertExact(reader, hits, query, 25, index.allCells());
            }
        }
    }

    /** Only updates run, so every published reader holds each key once. */
    private static Callable<Integer> searchUntil(
            AtomicBoolean done, SearcherManager published, int[] cells, long seed) {
        return () -> {
            SplittableRandom random = new SplittableRandom(seed);
            int searches = 0;
            while (!done.get() || searches == 0) {
                IndexSearcher searcher = published.acquire();
                try {
                    searchOnce(searcher, cells, random);
                    searches++;
                } finally {
                    published.release(searcher);
                }
            }
            return searches;
        };
    }

    private static void searchOnce(IndexSearcher searcher, int[] cells, SplittableRandom random) throws IOException {
        float[] query = Data.stored(Metric.COSINE, Data.gaussian(random, DIMENSION));
        TopHits hits = new ShardSearcher(searcher.getIndexReader(), TestIndex.FIELD, Metric.COSINE, TestIndex.FILTERS)
                .search(new CellQuery(
                        query,
                        KEYS + 10,
                        cells,
                        new float[cells.length],
                        Float.POSITIVE_INFINITY,
                        CellQuery.EXACT,
                        null,
                        () -> false));
        assertThat(hits.size()).isEqualTo(KEYS);
        assertThat(hits.distances()).isSorted();
        Set<String> keys = new HashSet<>();
        for (int doc : hits.docIds()) {
            keys.add(searcher.storedFields().document(doc).get("key"));
        }
        assertThat(keys).hasSize(KEYS);
    }
}
