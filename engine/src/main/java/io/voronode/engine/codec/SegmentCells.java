package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import org.apache.lucene.codecs.lucene95.HasIndexSlice;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.store.IndexInput;
import org.jspecify.annotations.Nullable;

/**
 * One segment's cells, vectors and codes. Cells have posting lists, numbered from 0; a segment without posting lists is
 * one list of all its vectors. Where all its files are mapped ({@link #isShareable}) it may be kept and read by any thread
 * while the segment's reader is open; else it belongs to the thread that opened it.
 */
public final class SegmentCells {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final CellFieldMeta meta;
    private final FloatVectorValues vectors;
    private final @Nullable FileRegion postings;
    private final @Nullable FileRegion rows;
    private final @Nullable SegmentCodes codes;

    private SegmentCells(
            CellFieldMeta meta,
            FloatVectorValues vectors,
            @Nullable FileRegion postings,
            @Nullable FileRegion rows,
            @Nullable SegmentCodes codes) {
        this.meta = meta;
        this.vectors = vectors;
        this.postings = postings;
        this.rows = rows;
        this.codes = codes;
    }

    /**
     * Opens the field in one segment.
     *
     * @return null if the segment has no vector in the field
     * @throws IllegalArgumentException if the segment is neither of {@link CellVectorsFormat} nor of {@link GraphVectorsFormat}
     */
    public static @Nullable SegmentCells open(LeafReader leaf, String field) throws IOException {
        if (leaf.getFloatVectorValues(field) == null) {
            return null;
        }
        if (!(FilterLeafReader.unwrap(leaf) instanceof SegmentReader segment)) {
            throw new IllegalArgumentException("field \"" + field + "\" is not read from a segment");
        }
        if (segment.getSegmentInfo().info.getCodec() instanceof GraphCodec) {
            return openGraph(leaf, field);
        }
        CellVectorsReader reader = CellVectorsReader.unwrap(segment.getVectorReader(), field);
        CellFieldMeta meta = reader == null ? null : reader.meta(field);
        if (reader == null || meta == null) {
            throw new IllegalArgumentException("field \"" + field + "\" is not of format " + CellVectorsFormat.NAME);
        }
        return meta.vectorCount() == 0 ? null : open(reader, meta, field);
    }

    private static @Nullable SegmentCells openGraph(LeafReader leaf, String field) throws IOException {
        FloatVectorValues vectors = leaf.getFloatVectorValues(field);
        if (vectors == null || vectors.size() == 0) {
            return null;
        }
        Metric metric =
                CellVectorsFormat.metric(leaf.getFieldInfos().fieldInfo(field).getVectorSimilarityFunction());
        IndexInput slice = vectors instanceof HasIndexSlice sliced ? sliced.getSlice() : null;
        return new SegmentCells(
                CellFieldMeta.ofGraph(metric, vectors.dimension(), vectors.size()),
                vectors,
                null,
                slice == null ? null : new FileRegion(slice),
                null);
    }

    private static SegmentCells open(CellVectorsReader reader, CellFieldMeta meta, String field) throws IOException {
        FloatVectorValues vectors = reader.getFloatVectorValues(field);
        IndexInput slice = vectors instanceof HasIndexSlice sliced ? sliced.getSlice() : null;
        CodesMeta codes = meta.codes();
        return new SegmentCells(
                meta,
                vectors,
                new FileRegion(reader.postings(meta)),
                slice == null ? null : new FileRegion(slice),
                codes == null
                        ? null
                        : codes.open(
                                meta,
                                new FileRegion(reader.blocks(meta, codes)),
                                new FileRegion(reader.records(meta, codes))));
    }

    /** Whether any thread may read this, and for as long as the reader is open. */
    public boolean isShareable() {
        return rows() != null && (postings == null || postings.isMapped()) && (codes == null || codes.isMapped());
    }

    public IndexKind kind() {
        return meta.kind();
    }

    public Metric metric() {
        return meta.metric();
    }

    public int dimension() {
        return meta.dimension();
    }

    /** The digest of the cell map that the stamps refer to, empty without one. */
    public String cellMapDigest() {
        return meta.cellMapDigest();
    }

    /** The vectors by ordinal; also the way from ordinal to document. */
    public FloatVectorValues vectors() {
        return vectors;
    }

    /**
     * All vectors as one row-major little-endian float32 segment; null when the directory does not map files, or maps
     * them in pieces. Valid while the reader is open.
     */
    public @Nullable MemorySegment rows() {
        return rows == null ? null : rows.mapped();
    }

    /** The codes of the vectors; null if the kind has none or the segment is too small to be worth them. */
    public @Nullable SegmentCodes codes() {
        return codes;
    }

    /** Whether the segment has posting lists; without them the vectors of every cell are all vectors. */
    public boolean hasPostings() {
        return meta.hasPostings();
    }

    /** The posting lists; 1 without them. */
    public int listCount() {
        return meta.hasPostings() ? meta.listCount() : 1;
    }

    /** The list with the vectors of a cell, −1 if it has none here. */
    public int listOf(int cell) {
        return meta.hasPostings() ? meta.listOf(cell) : 0;
    }

    /** The cell whose vectors a list has; for a segment with posting lists. */
    public int cellOf(int list) {
        return meta.cells()[list];
    }

    /** The vectors in a list. */
    public int count(int list) {
        return meta.hasPostings() ? meta.count(list) : meta.vectorCount();
    }

    /** Reads ordinals from a place in a list on, ascending. */
    public void ordinals(int list, int from, int count, int[] out) throws IOException {
        if (!meta.hasPostings()) {
            for (int i = 0; i < count; i++) {
                out[i] = from + i;
            }
            return;
        }
        long offset = (meta.start(list) + (long) from) * Integer.BYTES;
        FileRegion region = requirePostings();
        MemorySegment memory = region.memory(offset, (long) count * Integer.BYTES);
        MemorySegment.copy(memory, INT, region.base(offset), out, 0, count);
        requireInside(out, count);
    }

    /** Replaces places in a list by ordinals. */
    public void toOrdinals(int list, int[] places, int count) throws IOException {
        long offset = (long) meta.start(list) * Integer.BYTES;
        FileRegion region = requirePostings();
        MemorySegment memory = region.memory(offset, (long) meta.count(list) * Integer.BYTES);
        long base = region.base(offset);
        for (int i = 0; i < count; i++) {
            places[i] = memory.get(INT, base + (long) places[i] * Integer.BYTES);
        }
        requireInside(places, count);
    }

    private FileRegion requirePostings() {
        return Objects.requireNonNull(postings, "a segment without posting lists");
    }

    /** Postings have a checksum that is not looked at for every search; damage must not read another's vector. */
    private void requireInside(int[] ordinals, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            if (ordinals[i] < 0 || ordinals[i] >= meta.vectorCount()) {
                throw new CorruptIndexException(
                        "ordinal " + ordinals[i] + " of " + meta.vectorCount() + " vectors", "posting lists");
            }
        }
    }
}
