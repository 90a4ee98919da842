package io.voronode.engine.search;

import io.voronode.engine.clustering.IndexKind;
import io.voronode.engine.codec.BlockCodes;
import io.voronode.engine.codec.ByteCodes;
import io.voronode.engine.codec.SegmentCells;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * One query's way through one segment. The exact way is here: every vector of a cell is compared whose document may be a hit. {@link CodedScan}
 * takes the way over the codes, {@link GraphScan} that over a graph. Owned by the searching thread.
 */
sealed class SegmentScan permits CodedScan, GraphScan {

    final SegmentCells cells;
    final ScanState state;
    private final FloatVectorValues vectors;
    private final RowScorer scorer;
    private final @Nullable Bits accepted;
    private final int docBase;
    private final BooleanSupplier cancelled;
    private final TopK top;
    private final int rowBytes;
    private long vectorsCompared;
    private long met;
    private long metAccepted;

    SegmentScan(OpenSegment segment, CellQuery query, ScanState state, TopK top) throws IOException {
        this.cells = segment.cells();
        this.state = state;
        this.vectors = cells.vectors();
        this.scorer = RowScorer.of(cells, query.vector());
        this.accepted = segment.acceptedBits();
        this.docBase = segment.leaf().docBase;
        this.cancelled = query.cancelled();
        this.top = top;
        this.rowBytes = query.vector().length * Float.BYTES;
    }

    /** How to scan a segment for a query: by its graph or its codes, if it has them and they say something about the query. */
    static SegmentScan of(int number, OpenSegment segment, String field, CellQuery query, ScanState state, TopK top)
            throws IOException {
        if (query.epsilon() == CellQuery.EXACT) {
            return new SegmentScan(segment, query, state, top);
        }
        if (segment.cells().kind() == IndexKind.HNSW) {
            return new GraphScan(segment, field, query, state, top);
        }
        return switch (segment.cells().codes()) {
            case BlockCodes blocks
            when blocks.space().unit(query.vector()) > 0 -> new BlockScan(number, segment, blocks, query, state, top);
            case ByteCodes bytes -> new ByteScan(number, segment, bytes, query, state, top);
            case null, default -> new SegmentScan(segment, query, state, top);
        };
    }

    /** Scans the vectors of a cell. */
    void scan(int cell, float centroidDistance) throws IOException {
        int list = cells.listOf(cell);
        int count = list < 0 ? 0 : cells.count(list);
        Arrays.fill(state.cells, cells.hasPostings() ? cell : TopHits.NO_CELL);
        for (int from = 0; from < count; from += ScanState.BATCH) {
            throwIfCancelled();
            int batch = Math.min(ScanState.BATCH, count - from);
            cells.ordinals(list, from, batch, state.places);
            int kept = keepAccepted(state.places, batch);
            countMet(batch, kept);
            compare(state.places, kept);
        }
    }

    /** Compares the vectors of documents in their order, whatever cells they are in. */
    final void compareAll(AcceptedDocs docs) throws IOException {
        Arrays.fill(state.cells, TopHits.NO_CELL);
        KnnVectorValues.DocIndexIterator at = allVectors();
        BitSetIterator wanted = new BitSetIterator(docs.docs(), docs.count());
        int pending = 0;
        for (int doc = wanted.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = wanted.nextDoc()) {
            pending = add(at, doc, pending);
        }
        throwIfCancelled();
        compare(state.places, pending);
    }

    /** As {@link #compareAll}, of documents in ascending order. */
    final void compareDocs(int[] docs) throws IOException {
        Arrays.fill(state.cells, TopHits.NO_CELL);
        KnnVectorValues.DocIndexIterator at = allVectors();
        int pending = 0;
        for (int doc : docs) {
            pending = add(at, doc, pending);
        }
        compare(state.places, pending);
    }

    /** A copy's, as an iterator of vectors that only some documents have is that of all who share them. */
    private KnnVectorValues.DocIndexIterator allVectors() throws IOException {
        return vectors.copy().iterator();
    }

    /** Adds the vector of a document, if it has one, to those to be compared; returns how many now wait. */
    private int add(KnnVectorValues.DocIndexIterator at, int doc, int pending) throws IOException {
        if (at.docID() < doc) {
            at.advance(doc);
        }
        if (at.docID() != doc) {
            return pending;
        }
        state.places[pending] = at.index();
        if (pending + 1 < ScanState.BATCH) {
            return pending + 1;
        }
        throwIfCancelled();
        compare(state.places, ScanState.BATCH);
        return 0;
    }

    final long rowBytes() {
        return rowBytes;
    }

    final void throwIfCancelled() {
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("search cancelled");
        }
    }

    /** Keeps the ordinals of accepted documents, in front; returns how many. */
    private int keepAccepted(int[] ordinals, int count) {
        if (accepted == null) {
            return count;
        }
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (isAccepted(ordinals[i])) {
                ordinals[kept++] = ordinals[i];
            }
        }
        return kept;
    }

    final void countMet(int documents, int accepted) {
        met += documents;
        metAccepted += accepted;
    }

    final boolean isAccepted(int ordinal) {
        return accepted == null || accepted.get(vectors.ordToDoc(ordinal));
    }

    final boolean acceptsAll() {
        return accepted == null;
    }

    /** Compares vectors of the first of {@link ScanState#cells} with the query, at most a batch, and offers them for the answer. */
    final void compare(int[] ordinals, int count) throws IOException {
        float[] distances = state.values;
        scorer.distances(ordinals, count, distances);
        vectorsCompared += count;
        float threshold = top.threshold();
        for (int i = 0; i < count; i++) {
            if (!(distances[i] > threshold)) {
                top.offer(docBase + vectors.ordToDoc(ordinals[i]), distances[i], state.cells[i]);
                state.nearest.offer(distances[i]);
                threshold = top.threshold();
            }
        }
    }

    /** What was done so far, without the cells. */
    ScanCounters counters() {
        return new ScanCounters(0, 0, 0, vectorsCompared, vectorsCompared * rowBytes, met, metAccepted);
    }
}
