package io.voronode.engine.codec;

import io.voronode.engine.quantization.VectorCode;
import io.voronode.engine.simd.CodeKernels;
import java.io.IOException;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.RandomAccessInput;
import org.jspecify.annotations.Nullable;

/** One of the segments of a merge: its vectors, and their codes if it has any. Owned by the merging thread. */
final class MergedSegment {

    private final int firstPlace;
    private final FloatVectorValues vectors;
    private final @Nullable Codes codes;

    private MergedSegment(int firstPlace, FloatVectorValues vectors, @Nullable Codes codes) {
        this.firstPlace = firstPlace;
        this.vectors = vectors;
        this.codes = codes;
    }

    /**
     * A segment whose vector 0 has this place in the merge.
     *
     * @param positions by ordinal, the vector's position in the posting lists; null without posting lists
     */
    static MergedSegment of(
            int firstPlace,
            FloatVectorValues vectors,
            @Nullable CellVectorsReader reader,
            @Nullable CellFieldMeta meta,
            int @Nullable [] positions)
            throws IOException {
        CodesMeta codesMeta = meta == null ? null : meta.codes();
        Codes codes = reader == null || meta == null || codesMeta == null || positions == null
                ? null
                : new Codes(
                        meta, codesMeta, positions, reader.blocks(meta, codesMeta), reader.records(meta, codesMeta));
        return new MergedSegment(firstPlace, vectors, codes);
    }

    int firstPlace() {
        return firstPlace;
    }

    float[] vector(int place) throws IOException {
        return vectors.vectorValue(place - firstPlace);
    }

    /** Copies the code of a vector; false if the segment has none. */
    boolean copyCode(int place, VectorCode out) throws IOException {
        if (codes == null) {
            return false;
        }
        codes.copy(place - firstPlace, out);
        return true;
    }

    private static final class Codes {

        private final CellFieldMeta field;
        private final int[] positions;
        private final long[] firstBlocks;
        private final RandomAccessInput blocks;
        private final IndexInput records;
        private final int blockBytes;

        Codes(CellFieldMeta field, CodesMeta meta, int[] positions, IndexInput blocks, IndexInput records)
                throws IOException {
            this.field = field;
            this.positions = positions;
            this.firstBlocks = field.firstBlocks();
            this.blocks = blocks.randomAccessSlice(0, blocks.length());
            this.records = records;
            this.blockBytes = meta.blockBytes();
        }

        void copy(int ordinal, VectorCode out) throws IOException {
            int position = positions[ordinal];
            int list = field.listAt(position);
            int inList = position - field.start(list);
            long column = (firstBlocks[list] + inList / CodeKernels.LANES) * blockBytes
                    + CodeKernels.lane(inList % CodeKernels.LANES);
            byte[] scan = out.scan();
            for (int row = 0; row < scan.length; row++) {
                scan[row] = blocks.readByte(column + (long) row * CodeKernels.LANES);
            }
            records.seek((long) position * out.record().length);
            records.readBytes(out.record(), 0, out.record().length);
        }
    }
}
