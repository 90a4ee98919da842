package io.voronode.engine.search;

import io.voronode.engine.codec.SegmentCells;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/** One query's way through one segment: its scratch arrays and counters. Owned by the searching thread. */
final class SegmentScan {

    /** Vectors between two looks at the cancellation; 256 × 4096 dimensions are 0.1 ms. */
    private static final int BATCH = 256;

    private final SegmentCells cells;
    private final FloatVectorValues vectors;
    private final RowScorer scorer;
    private final @Nullable Bits liveDocs;
    private final int docBase;
    private final BooleanSupplier cancelled;
    private final TopK top;
    private final int[] ordinals = new int[BATCH];
    private final float[] distances = new float[BATCH];
    private long vectorsScanned;

    SegmentScan(LeafReaderContext leaf, SegmentCells cells, CellQuery query, TopK top) throws IOException {
        this.cells = cells;
        this.vectors = cells.vectors();
        this.scorer = RowScorer.of(cells, query.vector());
        this.liveDocs = leaf.reader().getLiveDocs();
        this.docBase = leaf.docBase;
        this.cancelled = query.cancelled();
        this.top = top;
    }

    boolean hasPostings() {
        return cells.hasPostings();
    }

    long vectorsScanned() {
        return vectorsScanned;
    }

    void scan(int cell) throws IOException {
        SegmentCells.Postings postings = cells.postings(cell);
        for (int count = postings.next(ordinals); count > 0; count = postings.next(ordinals)) {
            if (cancelled.getAsBoolean()) {
                throw new CancellationException("search cancelled");
            }
            int live = liveDocs == null ? count : keepLive(liveDocs, count);
            scorer.distances(ordinals, live, distances);
            vectorsScanned += live;
            offer(live);
        }
    }

    private int keepLive(Bits live, int count) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (live.get(vectors.ordToDoc(ordinals[i]))) {
                ordinals[kept++] = ordinals[i];
            }
        }
        return kept;
    }

    private void offer(int count) {
        float threshold = top.threshold();
        for (int i = 0; i < count; i++) {
            if (!(distances[i] > threshold)) {
                top.offer(docBase + vectors.ordToDoc(ordinals[i]), distances[i]);
                threshold = top.threshold();
            }
        }
    }
}
