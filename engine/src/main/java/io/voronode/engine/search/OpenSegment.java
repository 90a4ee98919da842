package io.voronode.engine.search;

import io.voronode.engine.codec.SegmentCells;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * A segment to be searched, its cells, and which of its documents may be hits.
 *
 * @param accepted those that are live, have not expired and match the query's filter; null where all that are live are
 */
record OpenSegment(
        LeafReaderContext leaf,
        SegmentCells cells,
        @Nullable AcceptedDocs accepted) {

    /** The documents that may be hits; null when all may. */
    @Nullable
    Bits acceptedBits() {
        return accepted == null ? leaf.reader().getLiveDocs() : accepted.docs();
    }

    int acceptedCount() {
        return accepted == null ? leaf.reader().numDocs() : accepted.count();
    }
}
