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
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * Writes a segment: vectors through Lucene's flat writer, then stamps grouped into posting lists,
 * and codes list by list. Owned by the flushing
 * or merging thread, and closed by Lucene.
 */
final class CellVectorsWriter extends KnnVectorsWriter {

    private static final int END_OF_FIELDS = -1;

    private final FlatVectorsWriter vectors;
    private final Function<FieldInfo, CellLayout> layouts;
    private final IndexOutput meta;
    private final IndexOutput postings;
    private final CodesWriter codes;
    private final List<CellFieldWriter> fields = new ArrayList<>();

    /** Takes over the flat writer, also when it fails. */
    static CellVectorsWriter open(
            SegmentWriteState state, FlatVectorsWriter vectors, Function<FieldInfo, CellLayout> layouts)
            throws IOException {
        List<IndexOutput> files = new ArrayList<>();
        try {
            for (CellFile file : CellFile.values()) {
                files.add(create(state, file));
            }
            return new CellVectorsWriter(vectors, layouts, files);
        } catch (Throwable failure) {
            IOUtils.closeWhileSuppressingExceptions(failure, files);
            IOUtils.closeWhileSuppressingExceptions(failure, vectors);
            throw failure;
        }
    }

    /** The files of {@link CellFile}, in that order. */
    private CellVectorsWriter(
            FlatVectorsWriter vectors, Function<FieldInfo, CellLayout> layouts, List<IndexOutput> files) {
        this.vectors = vectors;
        this.layouts = layouts;
        this.meta = files.get(0);
        this.postings = files.get(1);
        this.codes = new CodesWriter(files.get(2), files.get(3));
    }

    private static IndexOutput create(SegmentWriteState state, CellFile file) throws IOException {
        IndexOutput out =
                state.directory.createOutput(file.name(state.segmentInfo, state.segmentSuffix), state.context);
        try {
            CodecUtil.writeIndexHeader(
                    out, file.codecName(), CellVectorsFormat.VERSION, state.segmentInfo.getId(), state.segmentSuffix);
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
            flush(field, field.stampsByDoc(maxDoc, sortMap));
        }
    }

    private void flush(CellFieldWriter field, DocStamps stamps) throws IOException {
        CellLayout layout = field.layout();
        PostingLists lists = layout.hasPostings() ? stamps.lists() : PostingLists.EMPTY;
        CodeLayout codeLayout = layout.codesFor(stamps.vectorCount());
        CodesMeta codesMeta = null;
        if (codeLayout != null) {
            int[] added = stamps.sourcesByOrdinal();
            List<float[]> buffered = field.vectors();
            codesMeta = codes.write(
                    codeLayout,
                    lists,
                    new EncodedVectors(codeLayout.encoder(), ordinal -> buffered.get(added[ordinal])));
        }
        write(field.field(), layout, stamps.vectorCount(), lists, codesMeta);
    }

    @Override
    public @Nullable IORunnable mergeOneField(FieldInfo field, MergeState mergeState) throws IOException {
        IORunnable deferred = vectors.mergeOneField(field, mergeState);
        if (field.getVectorEncoding() == VectorEncoding.FLOAT32) {
            CellLayout layout = layoutOf(field);
            MergedStamps stamps = MergedStamps.of(field, layout, mergeState);
            PostingLists lists = stamps.lists();
            CodeLayout codeLayout = layout.codesFor(stamps.vectorCount());
            CodesMeta codesMeta = codeLayout == null ? null : codes.write(codeLayout, lists, stamps.codes(codeLayout));
            write(field, layout, stamps.vectorCount(), lists, codesMeta);
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

    private void write(
            FieldInfo field, CellLayout layout, int vectorCount, PostingLists lists, @Nullable CodesMeta codesMeta)
            throws IOException {
        long offset = layout.hasPostings() ? lists.write(postings) : postings.getFilePointer();
        meta.writeInt(field.number);
        CellFieldMeta.of(layout, vectorCount, offset, lists, codesMeta).write(meta);
    }

    @Override
    public void finish() throws IOException {
        vectors.finish();
        meta.writeInt(END_OF_FIELDS);
        CodecUtil.writeFooter(meta);
        CodecUtil.writeFooter(postings);
        codes.finish();
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
        IOUtils.close(vectors, meta, postings, codes);
    }
}
