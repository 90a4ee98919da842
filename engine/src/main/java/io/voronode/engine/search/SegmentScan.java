package io.voronode.engine.search;

import io.voronode.engine.codec.SegmentCells;
import io.voronode.engine.codec.SegmentCodes;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * One query's way through one segment. The exact way is here: every live vector of a cell is compared. {@link CodedScan}
 * takes the way over the codes. Owned by the searching thread.
 */
sealed class SegmentScan permits CodedScan {

    final SegmentCells cells;
    final ScanState state;
    private final FloatVectorValues vectors;
    private final RowScorer scorer;
    private final @Nullable Bits liveDocs;
    private final int docBase;
    private final BooleanSupplier cancelled;
    private final TopK top;
    private final int rowBytes;
    private long vectorsCompared;

    SegmentScan(LeafReaderContext leaf, SegmentCells cells, CellQuery query, ScanState state, TopK top)
            throws IOException {
        this.cells = cells;
        this.state = state;
        this.vectors = cells.vectors();
        this.scorer = RowScorer.of(cells, query.vector());
        this.liveDocs = leaf.reader().getLiveDocs();
        this.docBase = leaf.docBase;
        this.cancelled = query.cancelled();
        this.top = top;
        this.rowBytes = query.vector().length * Float.BYTES;
    }

    /** How to scan a segment for a query: by its codes if it has them and they say something about the query. */
    static SegmentScan of(
            int number, LeafReaderContext leaf, SegmentCells cells, CellQuery query, ScanState state, TopK top)
            throws IOException {
        SegmentCodes codes = cells.codes();
        boolean coded = codes != null
                && query.epsilon() != CellQuery.EXACT
                && codes.space().unit(query.vector()) > 0;
        return codes != null && coded
                ? new CodedScan(number, leaf, cells, codes, query, state, top)
                : new SegmentScan(leaf, cells, query, state, top);
    }

    /** Scans the vectors of a cell. */
    void scan(int cell, float centroidDistance) throws IOException {
        int list = cells.listOf(cell);
        int count = list < 0 ? 0 : cells.count(list);
        for (int from = 0; from < count; from += ScanState.BATCH) {
            throwIfCancelled();
            int batch = Math.min(ScanState.BATCH, count - from);
            cells.ordinals(list, from, batch, state.places);
            compare(state.places, keepLive(state.places, batch));
        }
    }

    final void throwIfCancelled() {
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("search cancelled");
        }
    }

    /** Keeps the ordinals of live documents, in front; returns how many. */
    private int keepLive(int[] ordinals, int count) {
        if (liveDocs == null) {
            return count;
        }
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (isLive(ordinals[i])) {
                ordinals[kept++] = ordinals[i];
            }
        }
        return kept;
    }

    final boolean isLive(int ordinal) {
        return liveDocs == null || liveDocs.get(vectors.ordToDoc(ordinal));
    }

    final boolean hasDeletes() {
        return liveDocs != null;
    }

    /** Compares vectors with the query, at most a batch, and offers them for the answer. */
    final void compare(int[] ordinals, int count) throws IOException {
        float[] distances = state.values;
        scorer.distances(ordinals, count, distances);
        vectorsCompared += count;
        float threshold = top.threshold();
        for (int i = 0; i < count; i++) {
            if (!(distances[i] > threshold)) {
                top.offer(docBase + vectors.ordToDoc(ordinals[i]), distances[i]);
                state.nearest.offer(distances[i]);
                threshold = top.threshold();
            }
        }
    }

    /** What was done so far, without the cells. */
    ScanCounters counters() {
        return new ScanCounters(0, 0, 0, vectorsCompared, vectorsCompared * rowBytes);
    }
}
