package io.voronode.engine.search;

import java.io.IOException;
import java.util.List;

/**
 * One query's way through a shard, cell by cell: {@link #scan} as often as there are cells, then {@link #finish}. Or, where a filter
 * accepts few documents, {@link #compareAccepted}, then {@link #finish}. Owned by one thread, which runs no other search meanwhile.
 */
final class ShardScan {

    private final CellQuery query;
    private final ScanState state;
    private final TopK top;
    private final int[] order;
    private final SegmentScan[] segments;
    private final List<OpenSegment> open;
    private int cellsScanned;
    private boolean exactFiltered;

    ShardScan(String field, CellQuery query, List<OpenSegment> open) throws IOException {
        this.query = query;
        this.open = open;
        this.state = ScanState.begin(query);
        this.order = state.scanOrder(query.cells());
        this.top = new TopK(query.k(), query.bound());
        this.segments = new SegmentScan[open.size()];
        for (int i = 0; i < segments.length; i++) {
            segments[i] = SegmentScan.of(i, open.get(i), field, query, state, top);
        }
    }

    /** Scans the next cell in every segment; all of a segment without posting lists with the first. */
    void scan() throws IOException {
        int next = order[cellsScanned];
        for (SegmentScan segment : segments) {
            if (cellsScanned == 0 || segment.cells.hasPostings()) {
                segment.scan(query.cells()[next], query.centroidDistances()[next]);
            }
        }
        cellsScanned++;
    }

    /** Documents that may be hits. */
    long accepted() {
        long accepted = 0;
        for (OpenSegment segment : open) {
            accepted += segment.acceptedCount();
        }
        return accepted;
    }

    /** Compares the vectors of all documents that the filter accepts, whatever cells they are in. */
    void compareAccepted() throws IOException {
        for (int i = 0; i < segments.length; i++) {
            AcceptedDocs accepted = open.get(i).accepted();
            if (accepted != null) {
                segments[i].compareAll(accepted);
            }
        }
        exactFiltered = true;
    }

    /** Compares the vectors of the candidates that are left, and gives the answer. */
    TopHits finish() throws IOException {
        compareCandidates();
        ScanCounters total = new ScanCounters(cellsScanned, 0, 0, 0, 0, 0, 0);
        for (SegmentScan segment : segments) {
            total = total.plus(segment.counters());
        }
        return top.drain(total, accepted(), exactFiltered);
    }

    private void compareCandidates() throws IOException {
        Candidates candidates = state.candidates;
        float threshold = state.nearest.threshold();
        int count = 0;
        int segment = 0;
        for (int i = 0; i < candidates.count(); i++) {
            if (candidates.lowerBound(i) > threshold) {
                continue;
            }
            if (count == ScanState.BATCH || candidates.segment(i) != segment) {
                segments[segment].throwIfCancelled();
                segments[segment].compare(state.places, count);
                count = 0;
                segment = candidates.segment(i);
            }
            state.cells[count] = candidates.cell(i);
            state.places[count++] = candidates.ordinal(i);
        }
        if (count > 0) {
            segments[segment].compare(state.places, count);
        }
        candidates.clear();
    }
}
