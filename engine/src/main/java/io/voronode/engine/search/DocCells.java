package io.voronode.engine.search;

import io.voronode.engine.codec.SegmentCells;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReader;

/**
 * The cells that documents of a segment lie in. A segment knows documents by cell, not the other way round, so all of its posting lists are
 * read for one answer: ask for many documents at once. Pure.
 */
public final class DocCells {
    /** The document has no vector, or is in no list. */
    public static final int NONE = -1;

    private static final int BATCH = 1024;

    private DocCells() {}

    /**
     * The cell of each document, {@link #NONE} for one without; 0 in a segment without posting lists.
     *
     * @param docs document ids of the segment, ascending
     */
    public static int[] of(LeafReader leaf, String field, int[] docs) throws IOException {
        int[] found = new int[docs.length];
        Arrays.fill(found, NONE);
        SegmentCells cells = SegmentCells.open(leaf, field);
        if (cells == null) {
            return found;
        }
        int[] ordinals = new int[BATCH];
        for (int list = 0; list < cells.listCount(); list++) {
            int cell = cells.hasPostings() ? cells.cellOf(list) : 0;
            for (int from = 0; from < cells.count(list); from += BATCH) {
                int count = Math.min(BATCH, cells.count(list) - from);
                cells.ordinals(list, from, count, ordinals);
                note(cell, ordinals, count, cells.vectors(), docs, found);
            }
        }
        return found;
    }

    private static void note(int cell, int[] ordinals, int count, FloatVectorValues vectors, int[] docs, int[] found) {
        for (int i = 0; i < count; i++) {
            int place = Arrays.binarySearch(docs, vectors.ordToDoc(ordinals[i]));
            if (place >= 0) {
                found[place] = cell;
            }
        }
    }
}
