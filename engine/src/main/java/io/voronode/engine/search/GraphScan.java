package io.voronode.engine.search;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.util.BitSetIterator;
import org.jspecify.annotations.Nullable;

/**
 * Walks Lucene's graph of a segment, and compares the nearest that it finds. A walk may find fewer than are wanted and there, under
 * a filter above all; then all are compared.
 */
final class GraphScan extends SegmentScan {

    private final LeafReader leaf;
    private final String field;
    private final float[] vector;
    private final int beam;
    private final int wanted;
    private final @Nullable AcceptedDocs filtered;
    private final BooleanSupplier cancelled;
    private long visited;

    GraphScan(OpenSegment segment, String field, CellQuery query, ScanState state, TopK top) throws IOException {
        super(segment, query, state, top);
        this.leaf = segment.leaf().reader();
        this.field = field;
        this.vector = query.vector();
        this.beam = Math.max(query.k(), query.ef());
        this.wanted = Math.min(query.k(), segment.acceptedCount());
        this.filtered = segment.accepted();
        this.cancelled = query.cancelled();
    }

    /** All of the segment, whatever the cell. */
    @Override
    void scan(int cell, float centroidDistance) throws IOException {
        Walk walk = new Walk(beam, cancelled);
        leaf.searchNearestVectors(field, vector, walk, acceptDocs());
        throwIfCancelled();
        visited += walk.visitedCount();
        ScoreDoc[] found = walk.topDocs().scoreDocs;
        if (found.length < wanted) {
            super.scan(cell, centroidDistance);
            return;
        }
        int[] docs = new int[wanted];
        Arrays.setAll(docs, i -> found[i].doc);
        Arrays.sort(docs);
        compareDocs(docs);
    }

    private AcceptDocs acceptDocs() {
        AcceptedDocs accepted = filtered;
        return accepted == null
                ? AcceptDocs.fromLiveDocs(leaf.getLiveDocs(), leaf.maxDoc())
                : AcceptDocs.fromIteratorSupplier(
                        () -> (DocIdSetIterator) new BitSetIterator(accepted.docs(), accepted.count()),
                        leaf.getLiveDocs(),
                        leaf.maxDoc());
    }

    @Override
    ScanCounters counters() {
        return super.counters().plus(new ScanCounters(0, 0, 0, visited, visited * rowBytes(), 0, 0));
    }

    /** Ends early when the search is cancelled. */
    private static final class Walk extends KnnCollector.Decorator {

        private final BooleanSupplier cancelled;

        Walk(int beam, BooleanSupplier cancelled) {
            super(new TopKnnCollector(beam, Integer.MAX_VALUE));
            this.cancelled = cancelled;
        }

        @Override
        public boolean earlyTerminated() {
            return cancelled.getAsBoolean() || super.earlyTerminated();
        }
    }
}
