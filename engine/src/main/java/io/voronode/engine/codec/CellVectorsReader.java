package io.voronode.engine.codec;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.ChecksumIndexInput;
import org.apache.lucene.store.DataAccessHint;
import org.apache.lucene.store.FileDataHint;
import org.apache.lucene.store.FileTypeHint;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment of {@link CellVectorsFormat}. Voronode searches through {@link SegmentCells}; Lucene's own search
 * entry is served too, by an exact scan, since a query that comes that way names no cells. Immutable after opening: any
 * thread may read, each through its own clones.
 */
final class CellVectorsReader extends KnnVectorsReader {

    private final FlatVectorsReader vectors;
    private final FieldInfos fieldInfos;
    private final Map<String, CellFieldMeta> fields;
    private final IndexInput postings;

    /** Takes over the flat reader, also when it fails. */
    static CellVectorsReader open(SegmentReadState state, FlatVectorsReader vectors) throws IOException {
        IndexInput postings = null;
        try {
            Map<String, CellFieldMeta> fields = readMeta(state);
            postings = openPostings(state);
            requireInside(postings, fields);
            return new CellVectorsReader(vectors, state.fieldInfos, fields, postings);
        } catch (Throwable failure) {
            IOUtils.closeWhileSuppressingExceptions(failure, vectors, postings);
            throw failure;
        }
    }

    private CellVectorsReader(
            FlatVectorsReader vectors, FieldInfos fieldInfos, Map<String, CellFieldMeta> fields, IndexInput postings) {
        this.vectors = vectors;
        this.fieldInfos = fieldInfos;
        this.fields = fields;
        this.postings = postings;
    }

    /** This format's reader of a field behind Lucene's per-field dispatch, null if another format holds the field. */
    static @Nullable CellVectorsReader unwrap(@Nullable KnnVectorsReader reader, String field) {
        return switch (reader) {
            case CellVectorsReader cells -> cells;
            case PerFieldKnnVectorsFormat.FieldsReader perField -> unwrap(perField.getFieldReader(field), field);
            case null, default -> null;
        };
    }

    private static Map<String, CellFieldMeta> readMeta(SegmentReadState state) throws IOException {
        Map<String, CellFieldMeta> fields = new HashMap<>();
        try (ChecksumIndexInput in =
                state.directory.openChecksumInput(fileName(state, CellVectorsFormat.META_EXTENSION))) {
            Throwable failure = null;
            try {
                checkHeader(in, state, CellVectorsFormat.META_CODEC_NAME);
                readFields(in, state.fieldInfos, fields);
            } catch (Throwable e) {
                failure = e;
            } finally {
                CodecUtil.checkFooter(in, failure);
            }
        }
        return fields;
    }

    private static void readFields(ChecksumIndexInput in, FieldInfos infos, Map<String, CellFieldMeta> fields)
            throws IOException {
        for (int number = in.readInt(); number != -1; number = in.readInt()) {
            FieldInfo info = infos.fieldInfo(number);
            if (info == null) {
                throw new CorruptIndexException("no field has number " + number, in);
            }
            fields.put(info.name, CellFieldMeta.read(in, info));
        }
    }

    private static IndexInput openPostings(SegmentReadState state) throws IOException {
        IndexInput in = state.directory.openInput(
                fileName(state, CellVectorsFormat.POSTINGS_EXTENSION),
                state.context.withHints(FileTypeHint.DATA, FileDataHint.KNN_VECTORS, DataAccessHint.RANDOM));
        try {
            checkHeader(in, state, CellVectorsFormat.POSTINGS_CODEC_NAME);
            CodecUtil.retrieveChecksum(in);
            return in;
        } catch (Throwable failure) {
            IOUtils.closeWhileSuppressingExceptions(failure, in);
            throw failure;
        }
    }

    private static void checkHeader(org.apache.lucene.store.DataInput in, SegmentReadState state, String codecName)
            throws IOException {
        CodecUtil.checkIndexHeader(
                in,
                codecName,
                CellVectorsFormat.VERSION,
                CellVectorsFormat.VERSION,
                state.segmentInfo.getId(),
                state.segmentSuffix);
    }

    private static String fileName(SegmentReadState state, String extension) {
        return IndexFileNames.segmentFileName(state.segmentInfo.name, state.segmentSuffix, extension);
    }

    private static void requireInside(IndexInput postings, Map<String, CellFieldMeta> fields) throws IOException {
        for (CellFieldMeta field : fields.values()) {
            long end = field.postingsOffset() + field.postingsBytes();
            if (field.postingsOffset() < 0 || end > postings.length() - CodecUtil.footerLength()) {
                throw new CorruptIndexException("posting lists end at " + end, postings);
            }
        }
    }

    /** The cells of a field, null if it holds no float32 vectors here. */
    @Nullable
    CellFieldMeta meta(String field) {
        return fields.get(field);
    }

    /** A private view of the field's ordinals. */
    IndexInput postings(CellFieldMeta field) throws IOException {
        return postings.slice("postings", field.postingsOffset(), field.postingsBytes());
    }

    /** The stamp of every vector, for a merge. */
    int[] cellsByOrdinal(String name, CellFieldMeta field) throws IOException {
        int[] cells = new int[field.vectorCount()];
        IndexInput in = postings(field);
        for (int list = 0; list < field.cells().length; list++) {
            for (int i = field.starts()[list]; i < field.starts()[list + 1]; i++) {
                int ordinal = in.readInt();
                if (ordinal < 0 || ordinal >= cells.length) {
                    throw new CorruptIndexException("field " + name + ": ordinal " + ordinal, in);
                }
                cells[ordinal] = field.cells()[list];
            }
        }
        return cells;
    }

    @Override
    public void checkIntegrity() throws IOException {
        vectors.checkIntegrity();
        CodecUtil.checksumEntireFile(postings);
    }

    @Override
    public FloatVectorValues getFloatVectorValues(String field) throws IOException {
        return vectors.getFloatVectorValues(field);
    }

    @Override
    public ByteVectorValues getByteVectorValues(String field) throws IOException {
        return vectors.getByteVectorValues(field);
    }

    @Override
    public void search(String field, float[] query, KnnCollector collector, AcceptDocs accept) throws IOException {
        ExactScan.floats(vectors, field, fields.get(field), query, collector, accept);
    }

    @Override
    public void search(String field, byte[] query, KnnCollector collector, AcceptDocs accept) throws IOException {
        ExactScan.bytes(vectors, field, query, collector, accept);
    }

    @Override
    public KnnVectorsReader getMergeInstance() throws IOException {
        return new CellVectorsReader(vectors.getMergeInstance(), fieldInfos, fields, postings);
    }

    @Override
    public void finishMerge() throws IOException {
        vectors.finishMerge();
    }

    @Override
    public Map<String, Long> getOffHeapByteSize(FieldInfo field) {
        Map<String, Long> flat = vectors.getOffHeapByteSize(field);
        CellFieldMeta meta = fields.get(field.name);
        if (meta == null || field.getVectorEncoding() != VectorEncoding.FLOAT32) {
            return flat;
        }
        return mergeOffHeapByteSizeMaps(flat, Map.of(CellVectorsFormat.POSTINGS_EXTENSION, meta.postingsBytes()));
    }

    @Override
    public void close() throws IOException {
        IOUtils.close(vectors, postings);
    }
}
