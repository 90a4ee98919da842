package io.voronode.engine.search;

import io.voronode.engine.codec.SegmentCells;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;

/**
 * Finds the k vectors nearest to a query in the cells that the query names. Every segment holds posting lists of the
 * same global cells, so the search takes the cells in the order given (nearest first) and, for each, that cell's
 * posting list in every segment: it reads ordinals a batch at a time, drops deleted documents, computes the exact
 * distances of the batch with one kernel call over the mapped vectors, and offers them to one heap of k shared by all
 * cells and segments. What is in the heap at the end, sorted by distance and then document, is the answer. Cells
 * outside, segments inside, because the k-th distance falls fastest that way. A segment of kind FLAT has no lists: all
 * of it is scanned once, with the first cell.
 *
 * <p>Holds no query state: any number of threads may search one instance, on platform threads, while the reader stays
 * open. It never closes the reader, never chooses cells, and never computes which cell a vector belongs to.
 */
public final class ShardSearcher {

    private final List<LeafReaderContext> leaves;
    private final String field;
    private final Metric metric;

    /** Searches one field of a reader; the metric must be the one that the segments were written for. */
    public ShardSearcher(IndexReader reader, String field, Metric metric) {
        this.leaves = reader.leaves();
        this.field = field;
        this.metric = metric;
    }

    /**
     * Scans the query's cells.
     *
     * @throws CancellationException if the query's supplier said so
     * @throws IllegalArgumentException if dimension or metric differ from the index's
     */
    public TopHits search(CellQuery query) throws IOException {
        TopK top = new TopK(query.k(), query.bound());
        List<SegmentScan> segments = query.cells().length == 0 ? List.of() : openSegments(query, top);
        for (int i = 0; i < query.cells().length; i++) {
            for (SegmentScan segment : segments) {
                if (i == 0 || segment.hasPostings()) {
                    segment.scan(query.cells()[i]);
                }
            }
        }
        long scanned = segments.stream().mapToLong(SegmentScan::vectorsScanned).sum();
        return top.drain(scanned, query.cells().length);
    }

    private List<SegmentScan> openSegments(CellQuery query, TopK top) throws IOException {
        List<SegmentScan> segments = new ArrayList<>(leaves.size());
        for (LeafReaderContext leaf : leaves) {
            SegmentCells cells = SegmentCells.open(leaf.reader(), field);
            if (cells != null) {
                requireMatch(cells, query.vector());
                segments.add(new SegmentScan(leaf, cells, query, top));
            }
        }
        return segments;
    }

    private void requireMatch(SegmentCells cells, float[] vector) {
        if (cells.metric() != metric) {
            throw new IllegalArgumentException("metric " + metric + " != " + cells.metric() + " of the index");
        }
        if (cells.dimension() != vector.length) {
            throw new IllegalArgumentException(
                    "dimension " + vector.length + " != " + cells.dimension() + " of the index");
        }
    }
}
