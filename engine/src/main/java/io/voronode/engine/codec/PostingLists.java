package io.voronode.engine.codec;

import java.io.IOException;
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
        int lists = 0;
        for (int i = 0; i < keys.length; i++) {
            lists += i == 0 || cell(keys[i]) != cell(keys[i - 1]) ? 1 : 0;
        }
        int[] cells = new int[lists];
        int[] counts = new int[lists];
        int[] ordinals = new int[keys.length];
        int list = -1;
        for (int i = 0; i < keys.length; i++) {
            if (list < 0 || cells[list] != cell(keys[i])) {
                cells[++list] = cell(keys[i]);
            }
            counts[list]++;
            ordinals[i] = (int) keys[i];
        }
        return new PostingLists(cells, counts, ordinals);
    }

    private static int cell(long key) {
        return (int) (key >>> 32);
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
