package io.voronode.engine.codec;

import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.store.DataInput;
import org.apache.lucene.store.DataOutput;

/**
 * One field's entry of the metadata file; {@link CellVectorsFormat} has the spec. Immutable.
 *
 * @param starts where each list begins among the field's ordinals; one more at the end
 */
@SuppressWarnings("ArrayRecordComponent") // read by index in loops, never compared
record CellFieldMeta(
        IndexKind kind,
        Metric metric,
        int dimension,
        String cellMapDigest,
        int vectorCount,
        long postingsOffset,
        int[] cells,
        int[] starts) {

    static CellFieldMeta of(CellLayout layout, int vectorCount, long postingsOffset, PostingLists lists) {
        int[] starts = new int[lists.counts().length + 1];
        for (int i = 0; i < lists.counts().length; i++) {
            starts[i + 1] = starts[i] + lists.counts()[i];
        }
        return new CellFieldMeta(
                layout.kind(),
                layout.metric(),
                layout.dimension(),
                layout.cellMapDigest(),
                vectorCount,
                postingsOffset,
                lists.cells(),
                starts);
    }

    boolean hasPostings() {
        return kind == IndexKind.IVF_FLAT;
    }

    long postingsBytes() {
        return (long) starts[starts.length - 1] * Integer.BYTES;
    }

    /** The list of a cell, −1 if no vector has it. */
    int listOf(int cell) {
        int list = Arrays.binarySearch(cells, cell);
        return list >= 0 ? list : -1;
    }

    void write(DataOutput out) throws IOException {
        out.writeByte((byte) kind.wireNumber());
        out.writeByte((byte) metric.wireNumber());
        out.writeVInt(dimension);
        out.writeString(cellMapDigest);
        out.writeVInt(vectorCount);
        out.writeVLong(postingsOffset);
        out.writeVInt(cells.length);
        int previous = -1;
        for (int i = 0; i < cells.length; i++) {
            out.writeVInt(cells[i] - previous);
            out.writeVInt(starts[i + 1] - starts[i]);
            previous = cells[i];
        }
    }

    static CellFieldMeta read(DataInput in, FieldInfo field) throws IOException {
        IndexKind kind = IndexKind.ofWireNumber(in.readByte());
        Metric metric = Metric.ofWireNumber(in.readByte());
        int dimension = in.readVInt();
        String digest = in.readString();
        int vectorCount = in.readVInt();
        long offset = in.readVLong();
        int lists = in.readVInt();
        if (dimension != field.getVectorDimension() || lists < 0 || lists > vectorCount) {
            throw new CorruptIndexException(
                    "field " + field.name + ": dimension " + dimension + ", " + lists + " lists of " + vectorCount
                            + " vectors",
                    in);
        }
        int[] cells = new int[lists];
        int[] starts = new int[lists + 1];
        readLists(in, cells, starts);
        CellFieldMeta meta = new CellFieldMeta(kind, metric, dimension, digest, vectorCount, offset, cells, starts);
        if (starts[lists] != (meta.hasPostings() ? vectorCount : 0)) {
            throw new CorruptIndexException(
                    "field " + field.name + ": lists hold " + starts[lists] + " of " + vectorCount + " vectors", in);
        }
        return meta;
    }

    private static void readLists(DataInput in, int[] cells, int[] starts) throws IOException {
        int previous = -1;
        for (int i = 0; i < cells.length; i++) {
            int step = in.readVInt();
            int count = in.readVInt();
            cells[i] = previous + step;
            starts[i + 1] = starts[i] + count;
            if (step < 1 || cells[i] <= previous || count < 1 || starts[i + 1] < 0) {
                throw new CorruptIndexException("list " + i + ": cell step " + step + ", count " + count, in);
            }
            previous = cells[i];
        }
    }
}
