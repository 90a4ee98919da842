package io.voronode.engine.codec;

import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.apache.lucene.codecs.lucene95.HasIndexSlice;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.MemorySegmentAccessInput;
import org.jspecify.annotations.Nullable;

/**
 * One segment's cells and vectors, for one query. Owned by the thread that opened it, which keeps the segment's reader
 * open as long.
 */
public final class SegmentCells {

    private final CellFieldMeta meta;
    private final FloatVectorValues vectors;
    private final IndexInput postings;

    private SegmentCells(CellFieldMeta meta, FloatVectorValues vectors, IndexInput postings) {
        this.meta = meta;
        this.vectors = vectors;
        this.postings = postings;
    }

    /**
     * Opens the field in one segment.
     *
     * @return null if the segment has no vector in the field
     * @throws IllegalArgumentException if the segment is not of {@link CellVectorsFormat}
     */
    public static @Nullable SegmentCells open(LeafReader leaf, String field) throws IOException {
        if (leaf.getFloatVectorValues(field) == null) {
            return null;
        }
        CellVectorsReader reader = FilterLeafReader.unwrap(leaf) instanceof CodecReader segment
                ? CellVectorsReader.unwrap(segment.getVectorReader(), field)
                : null;
        CellFieldMeta meta = reader == null ? null : reader.meta(field);
        if (reader == null || meta == null) {
            throw new IllegalArgumentException("field \"" + field + "\" is not of format " + CellVectorsFormat.NAME);
        }
        if (meta.vectorCount() == 0) {
            return null;
        }
        return new SegmentCells(meta, reader.getFloatVectorValues(field), reader.postings(meta));
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
    public @Nullable MemorySegment rows() throws IOException {
        IndexInput slice = vectors instanceof HasIndexSlice sliced ? sliced.getSlice() : null;
        return slice instanceof MemorySegmentAccessInput mapped ? mapped.segmentSliceOrNull(0, slice.length()) : null;
    }

    /** The vectors of a cell; of a segment without posting lists, all. */
    public Postings postings(int cell) {
        if (!meta.hasPostings()) {
            return new Postings(0, meta.vectorCount());
        }
        int list = meta.listOf(cell);
        return list < 0 ? new Postings(0, 0) : new Postings(meta.starts()[list], meta.starts()[list + 1]);
    }

    /** Whether the segment has posting lists; without them the vectors of every cell are all vectors. */
    public boolean hasPostings() {
        return meta.hasPostings();
    }

    /**
     * A walk through one posting list, ordinals ascending. Shares the file position with its siblings: one at a time.
     */
    public final class Postings {

        private int next;
        private final int end;

        private Postings(int start, int end) {
            this.next = start;
            this.end = end;
        }

        /** Fills the array with the next ordinals and returns how many; 0 at the end. */
        public int next(int[] ordinals) throws IOException {
            int count = Math.min(ordinals.length, end - next);
            if (meta.hasPostings()) {
                postings.seek((long) next * Integer.BYTES);
                postings.readInts(ordinals, 0, count);
                requireInside(ordinals, count);
            } else {
                for (int i = 0; i < count; i++) {
                    ordinals[i] = next + i;
                }
            }
            next += count;
            return count;
        }

        /** Postings have a checksum that is not looked at for every search; damage must not read another's vector. */
        private void requireInside(int[] ordinals, int count) throws IOException {
            for (int i = 0; i < count; i++) {
                if (ordinals[i] < 0 || ordinals[i] >= meta.vectorCount()) {
                    throw new CorruptIndexException(
                            "ordinal " + ordinals[i] + " of " + meta.vectorCount() + " vectors", postings);
                }
            }
        }
    }
}
