package io.voronode.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.voronode.engine.Data;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.clustering.RankedCells;
import io.voronode.engine.codec.CellHint;
import io.voronode.engine.codec.CellVectorsFormat;
import io.voronode.engine.codec.TestLayouts;
import io.voronode.engine.codec.VoronodeCodec;
import io.voronode.engine.simd.Distances;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.Directory;
import org.jspecify.annotations.Nullable;

/** An index under test beside a model of what it holds. Owned by one thread. */
final class TestIndex implements AutoCloseable {

    static final String FIELD = "v";

    /** One of {@value #BUCKETS} numbers, by chance. */
    static final String BUCKET = "bucket";

    static final int BUCKETS = 100;

    static final int TIMES = 1_000;

    static final FilterCache FILTERS = new FilterCache(1 << 20);

    /** Low, so that most segments have codes where the kind has them. */
    private static final int MIN_VECTORS_FOR_CODES = 20;

    final Metric metric;
    final CellMap map;
    final SplittableRandom random;
    final IndexWriter writer;
    final Map<String, Entry> model = new LinkedHashMap<>();
    /** Whether some of what is put from now on expires, at a time of 1 to {@value #TIMES}. */
    boolean expiring;

    @SuppressWarnings("ArrayRecordComponent") // a value of the model, never compared
    record Entry(float[] vector, int cell, int bucket, long expiryMs) {
        boolean livesAt(long nowMs) {
            return expiryMs > nowMs;
        }
    }

    TestIndex(Directory directory, IndexKind kind, Metric metric, int dimension, long seed) throws IOException {
        this.metric = metric;
        this.random = new SplittableRandom(seed);
        float[][] sample = Data.stored(metric, Data.clustered(random, 600, dimension, 12));
        this.map = CellTrainer.train(
                sample, new CellTraining(metric, dimension, 24, 1, seed, 1).withProductQuantizer(), () -> false);
        this.writer = new IndexWriter(
                directory,
                new IndexWriterConfig()
                        .setCodec(
                                kind == IndexKind.HNSW
                                        ? VoronodeCodec.of(kind, map)
                                        : new VoronodeCodec(TestLayouts.format(kind, map, MIN_VECTORS_FOR_CODES))));
    }

    /** One in four stamps is not the nearest cell. */
    void put(String key) throws IOException {
        float[] vector = Data.stored(metric, Data.gaussian(random, map.dimension()));
        put(key, vector, random.nextInt(4) == 0 ? random.nextInt(map.cellCount()) : map.nearestCell(vector));
    }

    void put(String key, float[] vector, int cell) throws IOException {
        Document document = new Document();
        int bucket = random.nextInt(BUCKETS);
        document.add(new StringField("key", key, Field.Store.YES));
        document.add(new IntPoint(BUCKET, bucket));
        document.add(new KnnFloatVectorField(FIELD, vector, CellVectorsFormat.similarity(metric)));
        long expiryMs = Long.MAX_VALUE;
        if (expiring && random.nextInt(3) > 0) {
            expiryMs = 1L + random.nextInt(TIMES);
            document.add(new LongPoint(ShardSearcher.EXPIRY, expiryMs));
        }
        try (var _ = CellHint.stamp(cell)) {
            writer.updateDocument(new Term("key", key), document);
        }
        model.put(key, new Entry(vector, cell, bucket, expiryMs));
    }

    void delete(String key) throws IOException {
        writer.deleteDocuments(new Term("key", key));
        model.remove(key);
    }

    /** Updates, deletes, flushes and merges as they come. */
    void churn(int operations, int keys) throws IOException {
        for (int i = 0; i < operations; i++) {
            String key = "key-" + random.nextInt(keys);
            if (random.nextInt(5) == 0) {
                delete(key);
            } else {
                put(key);
            }
            if (random.nextInt(60) == 0) {
                writer.flush();
            }
            if (random.nextInt(250) == 0) {
                writer.forceMerge(2);
            }
        }
    }

    float[] query() {
        return Data.stored(metric, Data.gaussian(random, map.dimension()));
    }

    int[] allCells() {
        return IntStream.range(0, map.cellCount()).toArray();
    }

    CellQuery ask(float[] vector, int k, int... cells) {
        return ask(vector, k, CellQuery.EXACT, cells);
    }

    /** With distances of centroids as a coordinator ranks them, which codes need. */
    CellQuery ask(float[] vector, int k, float epsilon, int... cells) {
        return ask(vector, k, epsilon, null, cells);
    }

    CellQuery ask(float[] vector, int k, float epsilon, @Nullable QueryFilter filter, int... cells) {
        RankedCells ranked = map.rank(vector, map.cellCount());
        float[] byCell = new float[map.cellCount()];
        for (int i = 0; i < ranked.size(); i++) {
            byCell[ranked.cells()[i]] = ranked.distances()[i];
        }
        float[] distances = new float[cells.length];
        for (int i = 0; i < cells.length; i++) {
            distances[i] = byCell[cells[i]];
        }
        return new CellQuery(vector, k, cells, distances, Float.POSITIVE_INFINITY, epsilon, filter, () -> false);
    }

    /** Compares an answer with the model: right distances for right keys, ascending, and no better key left out. */
    void assertExact(IndexReader reader, TopHits hits, float[] query, int k, int... cells) throws IOException {
        Set<Integer> wanted = new HashSet<>(Arrays.stream(cells).boxed().toList());
        assertExact(reader, hits, query, k, entry -> wanted.contains(entry.cell()));
    }

    void assertExact(IndexReader reader, TopHits hits, float[] query, int k, Predicate<Entry> wanted)
            throws IOException {
        float[] expected = toFloats(model.values().stream()
                .filter(wanted)
                .mapToDouble(entry -> Distances.distance(metric, query, entry.vector()))
                .sorted()
                .limit(k)
                .toArray());
        assertThat(hits.distances()).hasSameSizeAs(expected);
        assertThat(hits.distances()).containsExactly(expected, within(1e-4f));
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < hits.size(); i++) {
            String key = reader.storedFields().document(hits.docIds()[i]).get("key");
            assertThat(keys.add(key)).as("%s found twice", key).isTrue();
            assertThat(model).containsKey(key);
            Entry entry = Objects.requireNonNull(model.get(key));
            assertThat(wanted).accepts(entry);
            assertThat(hits.cells()[i]).isIn(TopHits.NO_CELL, entry.cell());
            assertThat(hits.distances()[i]).isCloseTo(Distances.distance(metric, query, entry.vector()), within(1e-4f));
        }
    }

    DirectoryReader reader() throws IOException {
        return DirectoryReader.open(writer);
    }

    private static float[] toFloats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
