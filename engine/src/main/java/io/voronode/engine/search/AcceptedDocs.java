package io.voronode.engine.search;

import io.voronode.engine.codec.SegmentCells;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * The documents of one segment that may be hits, by a filter or because they have not expired. Any thread may use it; it never changes, but for
 * the places in posting lists, which are found when they are first asked for.
 */
final class AcceptedDocs {

    /** Where no more than one document in so many is accepted, their places in posting lists are worth keeping. */
    private static final int TIGHT = 4;

    private static final int BATCH = 256;
    private static final int ARRAY_BYTES = 16;

    private final FixedBitSet docs;
    private final int count;
    private volatile @Nullable AtomicReferenceArray<int[]> places;

    /** The documents in a set that is not changed any more. */
    AcceptedDocs(FixedBitSet docs) {
        this.docs = docs;
        this.count = docs.cardinality();
    }

    /** Those that are live, too. */
    AcceptedDocs and(Bits live) {
        FixedBitSet both = docs.clone();
        live.applyMask(both, 0);
        return new AcceptedDocs(both);
    }

    FixedBitSet docs() {
        return docs;
    }

    /** How many they are, exactly: the cost of a Lucene query is only a guess at it. */
    int count() {
        return count;
    }

    /** Whether so few are accepted that a scan had better begin with {@link #places}. */
    boolean isTight() {
        return (long) count * TIGHT <= docs.length();
    }

    /**
     * The places in a posting list whose documents are accepted, ascending. They are kept: a second search with the filter
     * touches nothing of a list but its accepted vectors.
     */
    int[] places(SegmentCells cells, int list) throws IOException {
        AtomicReferenceArray<int[]> byList = places;
        if (byList == null) {
            byList = new AtomicReferenceArray<>(cells.listCount());
            places = byList;
        }
        int[] known = byList.get(list);
        if (known == null) {
            known = find(cells, list);
            byList.set(list, known);
        }
        return known;
    }

    private int[] find(SegmentCells cells, int list) throws IOException {
        FloatVectorValues vectors = cells.vectors();
        int[] ordinals = new int[Math.min(BATCH, cells.count(list))];
        int[] found = new int[cells.count(list)];
        int size = 0;
        for (int from = 0; from < cells.count(list); from += BATCH) {
            int batch = Math.min(BATCH, cells.count(list) - from);
            cells.ordinals(list, from, batch, ordinals);
            for (int i = 0; i < batch; i++) {
                if (docs.get(vectors.ordToDoc(ordinals[i]))) {
                    found[size++] = from + i;
                }
            }
        }
        return Arrays.copyOf(found, size);
    }

    /** With all places that it may come to keep, at a guess of so many documents a list. */
    long ramBytes() {
        long kept = isTight() ? (long) count * Integer.BYTES + (long) docs.length() * ARRAY_BYTES / BATCH : 0;
        return docs.ramBytesUsed() + kept;
    }
}
