package io.voronode.benchmarks;

import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.CellTrainer;
import io.voronode.engine.clustering.CellTraining;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.clustering.RankedCells;
import io.voronode.engine.codec.CellHint;
import io.voronode.engine.codec.CellVectorsFormat;
import io.voronode.engine.codec.VoronodeCodec;
import io.voronode.engine.search.CellQuery;
import io.voronode.engine.search.FilterCache;
import io.voronode.engine.search.ShardSearcher;
import io.voronode.engine.search.TopHits;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A whole query of one shard: cells ranked, then scanned in one merged IVF_FLAT segment on mapped files; one thread.
 * The size of the first demo: 20 000 vectors of 384 dimensions, k = 10.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class CellScanBenchmark {

    static final int K = 10;
    static final int QUERIES = 256;
    private static final String FIELD = "vector";

    @Param("20000")
    int count = 20_000;

    @Param("384")
    int dimension = 384;

    @Param("80")
    int cells = 80;

    /** 0 for all. */
    @Param({"0", "16", "4"})
    int nprobe;

    float[][] vectors = {};
    float[][] queries = {};
    private int next;

    private @Nullable Index index;

    private record Index(
            Path folder, Directory directory, DirectoryReader reader, CellMap map, ShardSearcher searcher) {}

    @Setup
    public void setUp() throws IOException {
        float[][] all = SyntheticVectors.clustered(7, count + QUERIES, dimension, 300);
        vectors = Arrays.copyOf(all, count);
        queries = Arrays.copyOfRange(all, count, count + QUERIES);
        CellMap map =
                CellTrainer.train(vectors, new CellTraining(Metric.COSINE, dimension, cells, 1, 7, 2), () -> false);
        Path folder = Files.createTempDirectory("voronode-benchmark");
        Directory directory = new MMapDirectory(folder);
        write(directory, map);
        DirectoryReader reader = DirectoryReader.open(directory);
        index = new Index(
                folder, directory, reader, map, new ShardSearcher(reader, FIELD, Metric.COSINE, new FilterCache(0)));
    }

    private void write(Directory directory, CellMap map) throws IOException {
        IndexWriterConfig config =
                new IndexWriterConfig().setCodec(new VoronodeCodec(new CellVectorsFormat(IndexKind.IVF_FLAT, map)));
        try (IndexWriter writer = new IndexWriter(directory, config)) {
            for (float[] vector : vectors) {
                Document document = new Document();
                document.add(new KnnFloatVectorField(FIELD, vector, CellVectorsFormat.similarity(Metric.COSINE)));
                try (var _ = CellHint.stamp(map.nearestCell(vector))) {
                    writer.addDocument(document);
                }
            }
            writer.forceMerge(1);
        }
    }

    @Benchmark
    public TopHits search() throws IOException {
        next = (next + 1) % QUERIES;
        return search(queries[next]);
    }

    TopHits search(float[] query) throws IOException {
        Index open = Objects.requireNonNull(index);
        RankedCells ranked = open.map().rank(query, nprobe == 0 ? open.map().cellCount() : nprobe);
        return open.searcher()
                .search(new CellQuery(
                        query,
                        K,
                        ranked.cells(),
                        ranked.distances(),
                        Float.POSITIVE_INFINITY,
                        CellQuery.DEFAULT_EPSILON,
                        null,
                        () -> false));
    }

    @TearDown
    public void tearDown() throws IOException {
        if (index != null) {
            IOUtils.close(index.reader(), index.directory());
            IOUtils.rm(index.folder());
            index = null;
        }
    }
}
