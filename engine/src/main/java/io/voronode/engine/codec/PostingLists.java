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

    static final PostingLists EMPTY = new PostingLists(new int[0], new int[0], new int[0]);

    /** From pairs of cell (high half) and ordinal, ascending. */
    static PostingLists ofSorted(long[] keys) {
        int[] cells = new int[keys.length];
        int[] counts = new int[keys.length];
        int[] ordinals = new int[keys.length];
        int lists = 0;
        for (int i = 0; i < keys.length; i++) {
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
