package io.voronode.engine.codec;

import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.store.DataInput;
import org.apache.lucene.store.DataOutput;
import org.jspecify.annotations.Nullable;

/**
 * One field's entry of the metadata file; {@link CellVectorsFormat} has the spec. Immutable.
 *
 * @param starts where each list begins among the field's ordinals; one more at the end
 * @param codes null if the segment has none
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
        int[] starts,
        @Nullable CodesMeta codes) {

    static CellFieldMeta of(
            CellLayout layout, int vectorCount, long postingsOffset, PostingLists lists, @Nullable CodesMeta codes) {
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
                starts,
                codes);
    }

    /** Of a segment of {@link GraphVectorsFormat}, which has none of its own. */
    static CellFieldMeta ofGraph(Metric metric, int dimension, int vectorCount) {
        return new CellFieldMeta(IndexKind.HNSW, metric, dimension, "", vectorCount, 0, new int[0], new int[1], null);
    }

    boolean hasPostings() {
        return kind.hasPostings();
    }

    long postingsBytes() {
        return (long) starts[starts.length - 1] * Integer.BYTES;
    }

    /** The list of a cell, −1 if no vector has it. */
    int listOf(int cell) {
        // As long as no cell before it is empty here, which is the rule in a large segment.
        if (cell < cells.length && cells[cell] == cell) {
            return cell;
        }
        int list = Arrays.binarySearch(cells, cell);
        return list >= 0 ? list : -1;
    }

    int listCount() {
        return cells.length;
    }

    /** Where a list begins among the field's ordinals. */
    int start(int list) {
        return starts[list];
    }

    /** The vectors in a list. */
    int count(int list) {
        return starts[list + 1] - starts[list];
    }

    /** The list that holds a position among the field's ordinals. */
    int listAt(int position) {
        int found = Arrays.binarySearch(starts, position);
        return found >= 0 ? found : -found - 2;
    }

    /** The cell of the vector at a position among the field's ordinals. */
    int cellAt(int position) {
        return cells[listAt(position)];
    }

    /** Blocks of codes of all lists. */
    long blockCount() {
        return firstBlocks()[cells.length];
    }

    /** For each list, and one more at the end, the blocks before it. */
    long[] firstBlocks() {
        long[] first = new long[cells.length + 1];
        for (int list = 0; list < cells.length; list++) {
            first[list + 1] = first[list] + CodesMeta.blocks(count(list));
        }
        return first;
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
        CodesMeta.write(codes, out);
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
        CodesMeta codes = CodesMeta.read(in, metric, dimension);
        CellFieldMeta meta =
                new CellFieldMeta(kind, metric, dimension, digest, vectorCount, offset, cells, starts, codes);
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
