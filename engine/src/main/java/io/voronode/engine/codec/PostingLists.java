package io.voronode.engine.codec;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.store.IndexOutput;

/**
 * Ordinals grouped by cell, while a segment is written. Owned by one writer.
 *
 * @param cells cells that have vectors, ascending
 * @param counts vectors of each
 * @param ordinals list after list, ascending within a list
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
record PostingLists(int[] cells, int[] counts, int[] ordinals) {

    /** A document without a vector. */
    static final int NO_VECTOR = -1;

    static final PostingLists EMPTY = new PostingLists(new int[0], new int[0], new int[0]);

    /** Groups by the stamp of each document; ordinals number the documents that have a vector. */
    static PostingLists group(int[] cellOfDoc) {
        long[] keys = new long[cellOfDoc.length];
        int ordinal = 0;
        for (int cell : cellOfDoc) {
            if (cell != NO_VECTOR) {
                keys[ordinal] = (long) cell << 32 | ordinal;
                ordinal++;
            }
        }
        Arrays.sort(keys, 0, ordinal);
        return ofSorted(keys, ordinal);
    }

    private static PostingLists ofSorted(long[] keys, int size) {
        int[] cells = new int[size];
        int[] counts = new int[size];
        int[] ordinals = new int[size];
        int lists = 0;
        for (int i = 0; i < size; i++) {
            int cell = (int) (keys[i] >>> 32);
            if (lists == 0 || cells[lists - 1] != cell) {
                cells[lists++] = cell;
            }
            counts[lists - 1]++;
            ordinals[i] = (int) keys[i];
        }
        return new PostingLists(Arrays.copyOf(cells, lists), Arrays.copyOf(counts, lists), ordinals);
    }

    /** Returns the offset. */
    long write(IndexOutput out) throws IOException {
        long offset = out.alignFilePointer(CellVectorsFormat.ALIGNMENT_BYTES);
        for (int ordinal : ordinals) {
            out.writeInt(ordinal);
        }
        return offset;
    }
}
