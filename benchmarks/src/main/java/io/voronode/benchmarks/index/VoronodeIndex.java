package io.voronode.benchmarks.index;

import io.voronode.benchmarks.data.Cache;
import io.voronode.benchmarks.data.Dataset;
import io.voronode.benchmarks.meter.CpuTimer;
import io.voronode.engine.clustering.CellMap;
import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.clustering.RankedCells;
import io.voronode.engine.codec.CellHint;
import io.voronode.engine.codec.CellVectorsFormat;
import io.voronode.engine.codec.VoronodeCodec;
import io.voronode.engine.quantization.ByteCode;
import io.voronode.engine.quantization.RabitqCode;
import io.voronode.engine.search.CellQuery;
import io.voronode.engine.search.FilterCache;
import io.voronode.engine.search.ShardSearcher;
import io.voronode.engine.search.TopHits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;

/**
 * Voronode's index by the path that a shard node takes: cells trained, every record stamped with its cell, the codec over
 * mapped files, cells ranked by the map and scanned by the searcher. Built anew for every run, in a folder that is gone
 * when it is closed.
 */
public final class VoronodeIndex implements MeasuredIndex {

    private final Path folder;
    private final Directory directory;
    private final DirectoryReader reader;
    private final CellMap map;
    private final int[] rows;
    private final ShardSearcher searcher;
    private final IndexFacts facts;

    private VoronodeIndex(
            Path folder,
            Directory directory,
            DirectoryReader reader,
            Dataset data,
            TrainedCells cells,
            IndexFacts facts)
            throws IOException {
        this.folder = folder;
        this.directory = directory;
        this.reader = reader;
        this.map = cells.map();
        this.rows = LuceneFiles.rows(reader);
        this.searcher = new ShardSearcher(reader, LuceneFiles.VECTOR, data.metric(), new FilterCache(0));
        this.facts = facts;
    }

    /** Builds an index of one kind over all rows of the data set. */
    public static VoronodeIndex build(Dataset data, TrainedCells cells, IndexKind kind, Cache cache)
            throws IOException {
        Path folder = Files.createTempDirectory(Files.createDirectories(cache.root()), ".voronode-");
        double before = CpuTimer.processSeconds();
        write(folder, data, cells.map(), kind);
        double buildSeconds = cells.cpuSeconds() + CpuTimer.processSeconds() - before;
        Directory directory = LuceneFiles.open(folder);
        IndexFacts facts = new IndexFacts(
                "voronode",
                kind.name(),
                "cells=" + cells.map().cellCount(),
                "nprobe",
                cells.map().cellCount(),
                buildSeconds,
                scanBytesPerVector(kind, data),
                LuceneFiles.bytes(folder));
        return new VoronodeIndex(folder, directory, DirectoryReader.open(directory), data, cells, facts);
    }

    private static void write(Path folder, Dataset data, CellMap map, IndexKind kind) throws IOException {
        Codec codec = VoronodeCodec.of(kind, map);
        int[] cells = TrainedCells.assign(map, data);
        LuceneFiles.write(folder, data, codec, CellVectorsFormat.similarity(data.metric()), (writer, document, row) -> {
            try (CellHint _ = CellHint.stamp(cells[row])) {
                writer.addDocument(document);
            }
        });
    }

    static double scanBytesPerVector(IndexKind kind, Dataset data) {
        return switch (kind) {
            case FLAT, HNSW -> data.dimension() * Float.BYTES;
            case IVF_FLAT -> Integer.BYTES + data.dimension() * Float.BYTES;
            case IVF_SQ8 -> Integer.BYTES + ByteCode.recordBytes(data.dimension());
            case IVF_RABITQ, IVF_PQ -> RabitqCode.blockBytesPerVector(data.dimension());
        };
    }

    @Override
    public IndexFacts facts() {
        return facts;
    }

    @Override
    public Found search(float[] query, int k, int nprobe) throws IOException {
        return search(query, k, map.rank(query, nprobe));
    }

    /** Searches these cells. */
    Found search(float[] query, int k, RankedCells cells) throws IOException {
        TopHits hits = hits(query, k, cells, Float.POSITIVE_INFINITY, CellQuery.DEFAULT_EPSILON);
        return new Found(
                Arrays.stream(hits.docIds()).map(this::rowOf).toArray(),
                hits.counters().bytes());
    }

    /** What the searcher itself answers, with its documents and counters. */
    public TopHits hits(float[] query, int k, int nprobe) throws IOException {
        return hits(query, k, map.rank(query, nprobe), Float.POSITIVE_INFINITY, CellQuery.DEFAULT_EPSILON);
    }

    TopHits hits(float[] query, int k, RankedCells cells, float bound, float epsilon) throws IOException {
        return searcher.search(
                new CellQuery(query, k, cells.cells(), cells.distances(), bound, epsilon, null, () -> false));
    }

    public CellMap map() {
        return map;
    }

    public ShardSearcher searcher() {
        return searcher;
    }

    /** The row of the base that a document was made of. */
    public int rowOf(int document) {
        return rows[document];
    }

    @Override
    public void close() throws IOException {
        IOUtils.close(reader, directory);
        Cache.remove(folder);
    }
}
