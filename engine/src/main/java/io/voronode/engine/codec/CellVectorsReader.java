package io.voronode.engine.codec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.ChecksumIndexInput;
import org.apache.lucene.store.DataAccessHint;
import org.apache.lucene.store.DataInput;
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
    private final IndexInput blocks;
    private final IndexInput records;

    /** Takes over the flat reader, also when it fails. */
    static CellVectorsReader open(SegmentReadState state, FlatVectorsReader vectors) throws IOException {
        List<IndexInput> data = new ArrayList<>();
        try {
            Map<String, CellFieldMeta> fields = readMeta(state);
            for (CellFile file : CellFile.DATA) {
                data.add(open(state, file));
            }
            CellVectorsReader reader = new CellVectorsReader(vectors, state.fieldInfos, fields, data);
            reader.requireInside();
            return reader;
        } catch (Throwable failure) {
            IOUtils.closeWhileSuppressingExceptions(failure, data);
            IOUtils.closeWhileSuppressingExceptions(failure, vectors);
            throw failure;
        }
    }

    /** The files of {@link CellFile#DATA}. */
    private CellVectorsReader(
            FlatVectorsReader vectors,
            FieldInfos fieldInfos,
            Map<String, CellFieldMeta> fields,
            List<IndexInput> data) {
        this.vectors = vectors;
        this.fieldInfos = fieldInfos;
        this.fields = fields;
        this.postings = data.get(0);
        this.blocks = data.get(1);
        this.records = data.get(2);
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
                state.directory.openChecksumInput(CellFile.META.name(state.segmentInfo, state.segmentSuffix))) {
            Throwable failure = null;
            try {
                checkHeader(in, state, CellFile.META);
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

    private static IndexInput open(SegmentReadState state, CellFile file) throws IOException {
        IndexInput in = state.directory.openInput(
                file.name(state.segmentInfo, state.segmentSuffix),
                state.context.withHints(FileTypeHint.DATA, FileDataHint.KNN_VECTORS, DataAccessHint.RANDOM));
        try {
            checkHeader(in, state, file);
            CodecUtil.retrieveChecksum(in);
            return in;
        } catch (Throwable failure) {
            IOUtils.closeWhileSuppressingExceptions(failure, in);
            throw failure;
        }
    }

    private static void checkHeader(DataInput in, SegmentReadState state, CellFile file) throws IOException {
        CodecUtil.checkIndexHeader(
                in,
                file.codecName(),
                CellVectorsFormat.VERSION,
                CellVectorsFormat.VERSION,
                state.segmentInfo.getId(),
                state.segmentSuffix);
    }

    private void requireInside() throws IOException {
        for (CellFieldMeta field : fields.values()) {
            requireInside(postings, field.postingsOffset(), field.postingsBytes());
            CodesMeta codes = field.codes();
            if (codes != null) {
                requireInside(blocks, codes.blocksOffset(), field.blockCount() * codes.blockBytes());
                requireInside(records, codes.recordsOffset(), (long) field.vectorCount() * codes.recordBytes());
            }
        }
    }

    private static void requireInside(IndexInput file, long offset, long bytes) throws IOException {
        if (offset < 0 || offset + bytes > file.length() - CodecUtil.footerLength()) {
            throw new CorruptIndexException(bytes + " bytes from " + offset + " do not fit", file);
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

    /** Of every vector, its position in the posting lists, for a merge. */
    int[] positionsByOrdinal(String name, CellFieldMeta field) throws IOException {
        int[] positions = new int[field.vectorCount()];
        IndexInput in = postings(field);
        for (int position = 0; position < positions.length; position++) {
            int ordinal = in.readInt();
            if (ordinal < 0 || ordinal >= positions.length) {
                throw new CorruptIndexException("field " + name + ": ordinal " + ordinal, in);
            }
            positions[ordinal] = position;
        }
        return positions;
    }

    /** A private view of the field's one-bit codes. */
    IndexInput blocks(CellFieldMeta field, CodesMeta codes) throws IOException {
        return blocks.slice("blocks", codes.blocksOffset(), field.blockCount() * codes.blockBytes());
    }

    /** A private view of the field's four-bit codes. */
    IndexInput records(CellFieldMeta field, CodesMeta codes) throws IOException {
        return records.slice("records", codes.recordsOffset(), (long) field.vectorCount() * codes.recordBytes());
    }

    @Override
    public void checkIntegrity() throws IOException {
        vectors.checkIntegrity();
        for (IndexInput file : List.of(postings, blocks, records)) {
            CodecUtil.checksumEntireFile(file);
        }
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
        return new CellVectorsReader(
                vectors.getMergeInstance(), fieldInfos, fields, List.of(postings, blocks, records));
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
        return mergeOffHeapByteSizeMaps(flat, bytesByExtension(meta));
    }

    private static Map<String, Long> bytesByExtension(CellFieldMeta meta) {
        CodesMeta codes = meta.codes();
        return Map.of(
                CellFile.POSTINGS.extension(), meta.postingsBytes(),
                CellFile.BLOCKS.extension(), codes == null ? 0 : meta.blockCount() * codes.blockBytes(),
                CellFile.RECORDS.extension(), codes == null ? 0 : (long) meta.vectorCount() * codes.recordBytes());
    }

    @Override
    public void close() throws IOException {
        IOUtils.close(vectors, postings, blocks, records);
    }
}
