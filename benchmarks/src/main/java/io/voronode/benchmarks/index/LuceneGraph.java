package io.voronode.benchmarks.index;

import io.voronode.benchmarks.data.Dataset;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.Version;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import org.jspecify.annotations.Nullable;

/**
 * Lucene's HNSW graph in one segment, asked as cheaply as it can be: the segment's own search, without query objects
 * around it. {@code ef} is the size of its collector; of what it holds, the best k are the answer. Over quantized
 * vectors, all that it holds is compared once more, with the float32 vectors.
 */
public final class LuceneGraph implements MeasuredIndex {

    /** In what form the graph's search reads the vectors. */
    public enum Kind {
        HNSW(null),
        HNSW_INT8(ScalarEncoding.UNSIGNED_BYTE);

        private final @Nullable ScalarEncoding encoding;

        Kind(@Nullable ScalarEncoding encoding) {
            this.encoding = encoding;
        }
    }

    private final Directory directory;
    private final DirectoryReader reader;
    private final LeafReader leaf;
    private final AcceptDocs all;
    private final int[] rows;
    private final @Nullable FullVectors rerank;
    private final IndexFacts facts;

    private LuceneGraph(Directory directory, DirectoryReader reader, @Nullable FullVectors rerank, IndexFacts facts)
            throws IOException {
        this.directory = directory;
        this.reader = reader;
        this.leaf = LuceneFiles.onlyLeaf(reader);
        this.all = AcceptDocs.fromLiveDocs(null, leaf.maxDoc());
        this.rows = LuceneFiles.rows(reader);
        this.rerank = rerank;
        this.facts = facts;
    }

    public static boolean supports(Metric metric) {
        return metric != Metric.MANHATTAN;
    }

    /** Opens the graph on the data set's shelf, building it first if it is not there. */
    public static LuceneGraph open(Dataset data, Kind kind, GraphSetting setting, PeerShelf shelf) throws IOException {
        String name = "lucene-" + Version.LATEST + "-" + kind + "-" + setting.fileName();
        PeerFolder folder = shelf.folder(name, path -> write(path, data, kind, setting));
        Directory directory = LuceneFiles.open(folder.files());
        DirectoryReader reader = DirectoryReader.open(directory);
        IndexFacts facts = new IndexFacts(
                "lucene",
                kind.name(),
                setting.toString(),
                "ef",
                data.count(),
                folder.buildCpuSeconds(),
                scanBytesPerVector(kind, data.dimension()),
                LuceneFiles.bytes(folder.files()));
        FullVectors rerank = kind.encoding == null ? null : new FullVectors(data);
        return new LuceneGraph(directory, reader, rerank, facts);
    }

    private static void write(Path folder, Dataset data, Kind kind, GraphSetting setting) throws IOException {
        LuceneFiles.write(
                folder,
                data,
                codec(format(kind, setting)),
                LuceneFiles.similarity(data.metric()),
                (writer, document, row) -> writer.addDocument(document));
    }

    private static KnnVectorsFormat format(Kind kind, GraphSetting setting) {
        return kind.encoding == null
                ? new Lucene99HnswVectorsFormat(setting.degree(), setting.beamWidth())
                : new Lucene104HnswScalarQuantizedVectorsFormat(kind.encoding, setting.degree(), setting.beamWidth());
    }

    /** The codec with one format for all vectors, by the codec's own dispatch, as its reader expects. */
    private static Codec codec(KnnVectorsFormat vectors) {
        return new Lucene104Codec() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return vectors;
            }
        };
    }

    private static double scanBytesPerVector(Kind kind, int dimension) {
        return kind.encoding == null ? dimension * Float.BYTES : kind.encoding.getDocPackedLength(dimension);
    }

    @Override
    public IndexFacts facts() {
        return facts;
    }

    @Override
    public Found search(float[] query, int k, int ef) throws IOException {
        TopKnnCollector collector = new TopKnnCollector(ef, Integer.MAX_VALUE);
        leaf.searchNearestVectors(LuceneFiles.VECTOR, query, collector, all);
        ScoreDoc[] hits = collector.topDocs().scoreDocs;
        long bytes = Math.round(collector.visitedCount() * facts.scanBytesPerVector());
        int[] candidates = Arrays.stream(hits).mapToInt(hit -> rows[hit.doc]).toArray();
        if (rerank == null) {
            return new Found(Arrays.copyOf(candidates, Math.min(k, candidates.length)), bytes);
        }
        return new Found(rerank.nearest(query, candidates, k), bytes + rerank.bytes(candidates.length));
    }

    @Override
    public void close() throws IOException {
        IOUtils.close(reader, directory);
    }
}
