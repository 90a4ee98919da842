package io.voronode.engine.codec;

import java.util.Arrays;

/**
 * The cell of each document of a segment that is being written, and where its vector comes from: eight bytes a document.
 * With the sort that makes posting lists of them, the lists, and for each merged vector its position before, a merge
 * holds 28 bytes a document on the heap, whatever the dimension: 28 MB for a million. Owned by one writer.
 */
final class DocStamps {

    private static final int NO_VECTOR = -1;

    private final int[] cells;
    private final int[] sources;
    private int count;

    DocStamps(int maxDoc) {
        this.cells = new int[maxDoc];
        this.sources = new int[maxDoc];
        Arrays.fill(cells, NO_VECTOR);
    }

    /**
     * Once for each document that has a vector.
     *
     * @param source what the writer finds the vector or its code by
     */
    void set(int doc, int cell, int source) {
        cells[doc] = cell;
        sources[doc] = source;
        count++;
    }

    int vectorCount() {
        return count;
    }

    /** Groups by cell; ordinals number the documents that have a vector. */
    PostingLists lists() {
        long[] keys = new long[count];
        int ordinal = 0;
        for (int cell : cells) {
            if (cell != NO_VECTOR) {
                keys[ordinal] = (long) cell << 32 | ordinal;
                ordinal++;
            }
        }
        Arrays.sort(keys);
        return PostingLists.ofSorted(keys);
    }

    /** The source of each vector, by ordinal. */
    int[] sourcesByOrdinal() {
        int[] byOrdinal = new int[count];
        int ordinal = 0;
        for (int doc = 0; doc < cells.length; doc++) {
            if (cells[doc] != NO_VECTOR) {
                byOrdinal[ordinal++] = sources[doc];
            }
        }
        return byOrdinal;
    }
}
