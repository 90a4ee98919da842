package io.voronode.benchmarks.index;

import io.voronode.benchmarks.data.Dataset;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;

/** What Voronode's index and Lucene's own have in common: one document a row, one segment, files mapped into memory. */
final class LuceneFiles {

    static final String VECTOR = "vector";
    private static final String ROW = "row";

    /** Keeps flushes few, but below the 2 GiB at which Lucene flushes by itself. */
    private static final double RAM_BUFFER_MB = 1_900;

    private LuceneFiles() {}

    /** Adds the document of a row, by its number; may do what its engine does around it. */
    @FunctionalInterface
    interface Adder {
        void add(IndexWriter writer, Document document, int row) throws IOException;
    }

    /** Writes the data set as one segment. */
    static void write(Path folder, Dataset data, Codec codec, VectorSimilarityFunction similarity, Adder adder)
            throws IOException {
        IndexWriterConfig config = new IndexWriterConfig()
                .setCodec(codec)
                .setRAMBufferSizeMB(RAM_BUFFER_MB)
                .setMergeScheduler(new SerialMergeScheduler())
                .setUseCompoundFile(false);
        try (Directory directory = new MMapDirectory(folder);
                IndexWriter writer = new IndexWriter(directory, config)) {
            for (int row = 0; row < data.count(); row++) {
                Document document = new Document();
                document.add(new NumericDocValuesField(ROW, row));
                document.add(new KnnFloatVectorField(VECTOR, data.vectors()[row], similarity));
                adder.add(writer, document, row);
            }
            writer.forceMerge(1);
        }
    }

    /** Maps the files and loads them into memory. */
    static Directory open(Path folder) throws IOException {
        MMapDirectory directory = new MMapDirectory(folder);
        directory.setPreload(MMapDirectory.ALL_FILES);
        return directory;
    }

    /** The row of every document: merges may have put them in another order. */
    static int[] rows(DirectoryReader reader) throws IOException {
        LeafReader leaf = onlyLeaf(reader);
        int[] rows = new int[leaf.maxDoc()];
        NumericDocValues values = leaf.getNumericDocValues(ROW);
        for (int doc = values.nextDoc(); doc < rows.length; doc = values.nextDoc()) {
            rows[doc] = (int) values.longValue();
        }
        return rows;
    }

    static LeafReader onlyLeaf(DirectoryReader reader) {
        if (reader.leaves().size() != 1) {
            throw new IllegalStateException(reader.leaves().size() + " segments after a merge into one");
        }
        return reader.leaves().getFirst().reader();
    }

    static long bytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            long sum = 0;
            for (Path file : files.toList()) {
                sum += Files.size(file);
            }
            return sum;
        }
    }

    /**
     * The cheapest similarity that orders as the metric does: vectors of length 1 are compared by their inner product.
     *
     * @throws IllegalArgumentException for MANHATTAN, which Lucene does not have
     */
    static VectorSimilarityFunction similarity(Metric metric) {
        return switch (metric) {
            case EUCLIDEAN -> VectorSimilarityFunction.EUCLIDEAN;
            case COSINE -> VectorSimilarityFunction.DOT_PRODUCT;
            case DOT -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
            case MANHATTAN -> throw new IllegalArgumentException("Lucene has no metric " + metric);
        };
    }
}
