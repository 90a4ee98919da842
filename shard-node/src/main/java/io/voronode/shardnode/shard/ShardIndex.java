package io.voronode.shardnode.shard;

import io.voronode.engine.codec.CellHint;
import io.voronode.engine.codec.CellVectorsFormat;
import io.voronode.engine.search.FilterCache;
import io.voronode.engine.search.ShardSearcher;
import io.voronode.engine.simd.Metric;
import io.voronode.engine.simd.Vectors;
import io.voronode.proto.internal.v1.ShardRow;
import io.voronode.shardnode.shard.filter.PayloadFields;
import io.voronode.wire.VectorBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * The Lucene index of a shard replica. A document is a record: {@code key} (term and doc value), {@code version} (doc value), {@code
 * expiry} (point) where it has one, {@code payload} (stored), the fields of the payload as filters need them ({@link PayloadFields}), {@code
 * vector} (normalised for COSINE, stamped with its cell). Owned by the apply thread; readers that it gives out may be used by any. It only ever
 * updates and deletes by key.
 */
final class ShardIndex implements AutoCloseable {
    static final String KEY = "key";
    static final String VERSION = "version";
    static final String PAYLOAD = "payload";
    static final String VECTOR = "vector";

    /** About what a document costs beside its vector and payload. */
    private static final int DOCUMENT_BYTES = 128;

    /**
     * A new segment of less is made one file, which is opened and synced once for all; of more it is left in its parts, since what that costs is
     * written twice.
     */
    private static final long COMPOUND_BYTES = 1 << 20;

    private final IndexLayout layout;
    private final IndexBudget budget;
    private final Directory directory;
    private final IndexWriter writer;
    private @Nullable DirectoryReader reader;
    private double ramShareMb;
    private long uncommittedBytes;
    private long unflushedBytes;
    private boolean dirty;

    private ShardIndex(IndexLayout layout, IndexBudget budget, Directory directory) throws IOException {
        this.layout = layout;
        this.budget = budget;
        this.directory = directory;
        this.ramShareMb = budget.shareMb();
        this.writer = new IndexWriter(directory, config());
    }

    private IndexWriterConfig config() {
        return new IndexWriterConfig()
                .setCodec(layout.codec())
                .setOpenMode(IndexWriterConfig.OpenMode.CREATE_OR_APPEND)
                .setMergePolicy(new TieredMergePolicy())
                .setMergeScheduler(new BoundedMerges(budget.merges()))
                .setRAMBufferSizeMB(ramShareMb)
                .setCommitOnClose(false);
    }

    /**
     * Opens the index in a folder, or makes it. Every file of the last commit is read and compared with its checksum, so that
     * damage is found now and not by a search.
     *
     * @throws org.apache.lucene.index.CorruptIndexException if a file is damaged
     */
    static ShardIndex open(Path folder, IndexLayout layout, IndexBudget budget) throws IOException {
        Files.createDirectories(folder);
        Directory directory = budget.writes().counted(FSDirectory.open(folder));
        try {
            if (DirectoryReader.indexExists(directory)) {
                verify(directory);
            }
            ShardIndex index = new ShardIndex(layout, budget, directory);
            budget.indexOpened();
            return index;
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private static void verify(Directory directory) throws IOException {
        for (String file : SegmentInfos.readLatestCommit(directory).files(true)) {
            try (IndexInput input = directory.openInput(file, IOContext.READONCE)) {
                CodecUtil.checksumEntireFile(input);
            }
        }
    }

    /** What the last commit said; empty for a new index. */
    Map<String, String> committedData() throws IOException {
        return DirectoryReader.indexExists(directory)
                ? SegmentInfos.readLatestCommit(directory).getUserData()
                : Map.of();
    }

    IndexLayout layout() {
        return layout;
    }

    FilterCache filters() {
        return budget.filters();
    }

    void upsert(String key, ShardRow row) throws IOException {
        adaptRamShare();
        try (CellHint _ = CellHint.stamp(row.getCell())) {
            writer.updateDocument(new Term(KEY, key), document(key, row));
        }
        changed(row.getVector().size() + row.getPayload().length());
    }

    void delete(String key) throws IOException {
        writer.deleteDocuments(new Term(KEY, key));
        changed(key.length());
    }

    private void changed(int bytes) {
        uncommittedBytes += bytes + DOCUMENT_BYTES;
        unflushedBytes += bytes + DOCUMENT_BYTES;
        writer.getConfig().setUseCompoundFile(unflushedBytes < COMPOUND_BYTES);
        dirty = true;
    }

    private Document document(String key, ShardRow row) throws IOException {
        Document document = new Document();
        document.add(new StringField(KEY, key, Field.Store.NO));
        document.add(new BinaryDocValuesField(KEY, new BytesRef(key)));
        document.add(new NumericDocValuesField(VERSION, row.getVersion()));
        if (row.getExpireTimeMs() != 0) {
            document.add(new LongPoint(ShardSearcher.EXPIRY, row.getExpireTimeMs()));
        }
        document.add(new StoredField(PAYLOAD, row.getPayload()));
        PayloadFields.add(row.getPayload(), document);
        document.add(new KnnFloatVectorField(VECTOR, vector(row), CellVectorsFormat.similarity(layout.metric())));
        return document;
    }

    private float[] vector(ShardRow row) {
        float[] vector = VectorBytes.unpack(row.getVector());
        if (layout.metric() == Metric.COSINE) {
            Vectors.normalize(vector);
        }
        return vector;
    }

    /** The budget of the node is divided anew when replicas come and go. */
    private void adaptRamShare() {
        double share = budget.shareMb();
        if (share != ramShareMb) {
            ramShareMb = share;
            writer.getConfig().setRAMBufferSizeMB(share);
        }
    }

    /** Whether there are changes that {@link #refresh} would make visible. */
    boolean dirty() {
        return dirty;
    }

    long uncommittedBytes() {
        return uncommittedBytes;
    }

    /** A reader of everything up to now. It stays the index's: who keeps it takes a reference. */
    DirectoryReader refresh() throws IOException {
        dirty = false;
        unflushedBytes = 0;
        if (reader == null) {
            reader = DirectoryReader.open(writer);
            return reader;
        }
        DirectoryReader newer = DirectoryReader.openIfChanged(reader, writer);
        if (newer != null) {
            reader.close();
            reader = newer;
        }
        return reader;
    }

    /** Makes documents and this user data durable, both or neither. */
    void commit(Map<String, String> data) throws IOException {
        unflushedBytes = 0;
        writer.setLiveCommitData(data.entrySet());
        writer.commit();
        uncommittedBytes = 0;
    }

    /** Why the writer closed itself, if it did. */
    @Nullable
    Throwable tragedy() {
        return writer.getTragicException();
    }

    /** Closes without commit. Readers that others hold stay usable. */
    @Override
    public void close() throws IOException {
        budget.indexClosed();
        try (directory) {
            if (reader != null) {
                reader.close();
            }
            writer.rollback();
        }
    }
}
