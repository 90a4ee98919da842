package io.voronode.engine.codec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatFieldVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * Writes a segment: vectors through Lucene's flat writer, then stamps grouped into posting lists. Owned by the flushing
 * or merging thread, and closed by Lucene.
 */
final class CellVectorsWriter extends KnnVectorsWriter {

    private static final int END_OF_FIELDS = -1;

    private final FlatVectorsWriter vectors;
    private final Function<FieldInfo, CellLayout> layouts;
    private final IndexOutput meta;
    private final IndexOutput postings;
    private final List<CellFieldWriter> fields = new ArrayList<>();

    /** Takes over the flat writer, also when it fails. */
    static CellVectorsWriter open(
            SegmentWriteState state, FlatVectorsWriter vectors, Function<FieldInfo, CellLayout> layouts)
            throws IOException {
        IndexOutput meta = null;
        try {
            meta = create(state, CellVectorsFormat.META_EXTENSION, CellVectorsFormat.META_CODEC_NAME);
            IndexOutput postings =
                    create(state, CellVectorsFormat.POSTINGS_EXTENSION, CellVectorsFormat.POSTINGS_CODEC_NAME);
            return new CellVectorsWriter(vectors, layouts, meta, postings);
        } catch (Throwable failure) {
            IOUtils.closeWhileSuppressingExceptions(failure, vectors, meta);
            throw failure;
        }
    }

    private CellVectorsWriter(
            FlatVectorsWriter vectors,
            Function<FieldInfo, CellLayout> layouts,
            IndexOutput meta,
            IndexOutput postings) {
        this.vectors = vectors;
        this.layouts = layouts;
        this.meta = meta;
        this.postings = postings;
    }

    private static IndexOutput create(SegmentWriteState state, String extension, String codecName) throws IOException {
        String name = IndexFileNames.segmentFileName(state.segmentInfo.name, state.segmentSuffix, extension);
        IndexOutput out = state.directory.createOutput(name, state.context);
        try {
            CodecUtil.writeIndexHeader(
                    out, codecName, CellVectorsFormat.VERSION, state.segmentInfo.getId(), state.segmentSuffix);
            return out;
        } catch (Throwable failure) {
            IOUtils.closeWhileSuppressingExceptions(failure, out);
            throw failure;
        }
    }

    @Override
    public KnnFieldVectorsWriter<?> addField(FieldInfo field) throws IOException {
        FlatFieldVectorsWriter<?> flat = vectors.addField(field);
        if (field.getVectorEncoding() != VectorEncoding.FLOAT32) {
            return flat;
        }
        @SuppressWarnings("unchecked") // the flat writer's element type follows the encoding
        FlatFieldVectorsWriter<float[]> floats = (FlatFieldVectorsWriter<float[]>) flat;
        CellFieldWriter writer = new CellFieldWriter(field, layoutOf(field), floats);
        fields.add(writer);
        return writer;
    }

    @Override
    public void flush(int maxDoc, Sorter.@Nullable DocMap sortMap) throws IOException {
        vectors.flush(maxDoc, sortMap);
        for (CellFieldWriter field : fields) {
            PostingLists lists = field.layout().hasPostings()
                    ? PostingLists.group(field.stampsByDoc(maxDoc, sortMap))
                    : PostingLists.EMPTY;
            write(field.field(), field.layout(), field.count(), lists);
        }
    }

    @Override
    public @Nullable IORunnable mergeOneField(FieldInfo field, MergeState mergeState) throws IOException {
        IORunnable deferred = vectors.mergeOneField(field, mergeState);
        if (field.getVectorEncoding() == VectorEncoding.FLOAT32) {
            CellLayout layout = layoutOf(field);
            MergedStamps stamps = MergedStamps.of(field, layout, mergeState);
            write(field, layout, stamps.vectorCount(), stamps.lists());
        }
        return deferred;
    }

    private CellLayout layoutOf(FieldInfo field) {
        CellLayout layout = layouts.apply(field);
        if (layout.dimension() != field.getVectorDimension()) {
            throw new IllegalArgumentException("field " + field.name + ": dimension " + field.getVectorDimension()
                    + " != " + layout.dimension() + " of the cell map");
        }
        return layout;
    }

    private void write(FieldInfo field, CellLayout layout, int vectorCount, PostingLists lists) throws IOException {
        long offset = layout.hasPostings() ? lists.write(postings) : postings.getFilePointer();
        meta.writeInt(field.number);
        CellFieldMeta.of(layout, vectorCount, offset, lists).write(meta);
    }

    @Override
    public void finish() throws IOException {
        vectors.finish();
        meta.writeInt(END_OF_FIELDS);
        CodecUtil.writeFooter(meta);
        CodecUtil.writeFooter(postings);
    }

    @Override
    public long ramBytesUsed() {
        long bytes = vectors.ramBytesUsed();
        for (CellFieldWriter field : fields) {
            bytes += field.ramBytesUsed();
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        IOUtils.close(vectors, meta, postings);
    }
}
