package io.voronode.benchmarks.index;

import io.github.jbellis.jvector.disk.RandomAccessReader;
import io.github.jbellis.jvector.disk.ReaderSupplier;
import io.github.jbellis.jvector.disk.ReaderSupplierFactory;
import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.graph.similarity.SearchScoreProvider;
import io.github.jbellis.jvector.quantization.PQVectors;
import io.github.jbellis.jvector.quantization.ProductQuantization;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.util.PhysicalCoreExecutor;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import io.voronode.benchmarks.data.Dataset;
import io.voronode.engine.simd.Metric;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * JVector's graph: links in its mapped file, vectors on the heap, which is faster than both on the heap or both in the
 * file. {@code ef} is the number of candidates that a search keeps. With codes of product quantization the graph is walked
 * by them, and all candidates are compared once more with the float32 vectors. The graph has the levels and links of an
 * HNSW graph of the same M: 2M links at the bottom.
 */
public final class JVectorGraph implements MeasuredIndex {

    /** In what form the graph's search reads the vectors. */
    public enum Kind {
        GRAPH,
        GRAPH_PQ
    }

    /** As its pom says: the library itself cannot tell. */
    private static final String VERSION = "4.0.0-rc.5";

    /** How many times too many links a node may have while the graph is built, and how far links may lead: its own benchmarks' choice. */
    private static final float NEIGHBOUR_OVERFLOW = 1.2f;

    private static final float ALPHA = 1.2f;

    /** Four dimensions to a byte, a sixteenth of the vectors. */
    private static final int DIMENSIONS_PER_CODE = 4;

    private static final int CLUSTERS_PER_CODE = 256;

    private static final VectorTypeSupport TYPES =
            VectorizationProvider.getInstance().getVectorTypeSupport();

    private final RandomAccessVectorValues vectors;
    private final VectorSimilarityFunction similarity;
    private final ReaderSupplier file;
    private final OnDiskGraphIndex graph;
    private final GraphSearcher searcher;
    private final @Nullable PQVectors codes;
    private final IndexFacts facts;

    private JVectorGraph(
            RandomAccessVectorValues vectors,
            VectorSimilarityFunction similarity,
            Path graph,
            @Nullable PQVectors codes,
            IndexFacts facts)
            throws IOException {
        this.vectors = vectors;
        this.similarity = similarity;
        this.file = ReaderSupplierFactory.open(graph);
        this.graph = OnDiskGraphIndex.load(file);
        this.searcher = new GraphSearcher(this.graph);
        this.codes = codes;
        this.facts = facts;
    }

    /** Opens the graph on the data set's shelf, building it first if it is not there. */
    public static JVectorGraph open(Dataset data, Kind kind, GraphSetting setting, PeerShelf shelf) throws IOException {
        VectorSimilarityFunction similarity = similarity(data.metric());
        RandomAccessVectorValues vectors = vectors(data);
        PeerFolder graphFolder = shelf.folder(
                "jvector-" + VERSION + "-" + setting.fileName(),
                folder -> buildGraph(folder, vectors, similarity, setting));
        Path graph = graphFolder.files().resolve("graph");
        if (kind == Kind.GRAPH) {
            IndexFacts facts = facts(data, kind, setting, data.dimension() * Float.BYTES, graphFolder);
            return new JVectorGraph(vectors, similarity, graph, null, facts);
        }
        PeerFolder codesFolder =
                shelf.folder("jvector-" + VERSION + "-pq", folder -> buildCodes(folder, vectors, data.metric()));
        PQVectors codes = loadCodes(codesFolder);
        IndexFacts facts = facts(data, kind, setting, codes.getCompressedSize(), graphFolder, codesFolder);
        return new JVectorGraph(vectors, similarity, graph, codes, facts);
    }

    /** Its inner product is for vectors of length 1: others give it negative scores, which its search does not expect. */
    public static boolean supports(Metric metric) {
        return metric == Metric.COSINE || metric == Metric.EUCLIDEAN;
    }

    private static VectorSimilarityFunction similarity(Metric metric) {
        return switch (metric) {
            case EUCLIDEAN -> VectorSimilarityFunction.EUCLIDEAN;
            case COSINE -> VectorSimilarityFunction.DOT_PRODUCT;
            case DOT, MANHATTAN -> throw new IllegalArgumentException("JVector has no metric " + metric);
        };
    }

    private static RandomAccessVectorValues vectors(Dataset data) {
        List<VectorFloat<?>> vectors = Arrays.stream(data.vectors())
                .<VectorFloat<?>>map(TYPES::createFloatVector)
                .toList();
        return new ListRandomAccessVectorValues(vectors, data.dimension());
    }

    private static void buildGraph(
            Path folder, RandomAccessVectorValues vectors, VectorSimilarityFunction similarity, GraphSetting setting)
            throws IOException {
        BuildScoreProvider scores = BuildScoreProvider.randomAccessScoreProvider(vectors, similarity);
        try (GraphIndexBuilder builder = new GraphIndexBuilder(
                scores,
                vectors.dimension(),
                List.of(2 * setting.degree(), setting.degree()),
                setting.beamWidth(),
                NEIGHBOUR_OVERFLOW,
                ALPHA,
                true,
                true)) {
            OnDiskGraphIndex.write(builder.build(vectors), vectors, folder.resolve("graph"));
        }
    }

    private static void buildCodes(Path folder, RandomAccessVectorValues vectors, Metric metric) throws IOException {
        int codeBytes = Math.max(1, vectors.dimension() / DIMENSIONS_PER_CODE);
        ProductQuantization quantization =
                ProductQuantization.compute(vectors, codeBytes, CLUSTERS_PER_CODE, metric == Metric.EUCLIDEAN);
        PQVectors codes = quantization.encodeAll(vectors, PhysicalCoreExecutor.pool());
        try (OutputStream file = Files.newOutputStream(folder.resolve("codes"));
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(file))) {
            codes.write(out);
        }
    }

    private static PQVectors loadCodes(PeerFolder folder) throws IOException {
        try (ReaderSupplier file = ReaderSupplierFactory.open(folder.files().resolve("codes"));
                RandomAccessReader in = file.get()) {
            return PQVectors.load(in);
        }
    }

    private static IndexFacts facts(
            Dataset data, Kind kind, GraphSetting setting, int scanBytesPerVector, PeerFolder... folders)
            throws IOException {
        double buildCpuSeconds = 0;
        long indexBytes = 0;
        for (PeerFolder folder : folders) {
            buildCpuSeconds += folder.buildCpuSeconds();
            indexBytes += LuceneFiles.bytes(folder.files());
        }
        return new IndexFacts(
                "jvector",
                kind.name(),
                setting.toString(),
                "ef",
                data.count(),
                buildCpuSeconds,
                scanBytesPerVector,
                indexBytes);
    }

    @Override
    public IndexFacts facts() {
        return facts;
    }

    @Override
    public Found search(float[] query, int k, int ef) {
        SearchResult result = searcher.search(scores(TYPES.createFloatVector(query)), k, ef, 0, 0, Bits.ALL);
        int[] rows =
                Arrays.stream(result.getNodes()).mapToInt(node -> node.node).toArray();
        long scanned = Math.round(result.getVisitedCount() * facts.scanBytesPerVector());
        long reranked = codes == null ? 0 : (long) result.getRerankedCount() * vectors.dimension() * Float.BYTES;
        return new Found(rows, scanned + reranked);
    }

    private SearchScoreProvider scores(VectorFloat<?> query) {
        return codes == null
                ? DefaultSearchScoreProvider.exact(query, similarity, vectors)
                : new DefaultSearchScoreProvider(
                        codes.precomputedScoreFunctionFor(query, similarity), vectors.rerankerFor(query, similarity));
    }

    @Override
    public void close() throws IOException {
        IOUtils.close(searcher, graph::close, () -> file.close());
    }
}
