package io.voronode.engine.search;

import io.voronode.engine.codec.SegmentCells;
import io.voronode.engine.simd.Metric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/**
 * Finds the k vectors nearest to a query in the cells that the query names. Every segment holds posting lists of the
 * same global cells, so the search takes the cells, the nearest ones first, and, for each, that cell's posting
 * list in every segment: cells outside, segments inside, because the k-th distance falls fastest that way. A segment
 * with codes ({@link CodedScan}) is scanned by them, and the vectors of the few candidates that they leave are compared
 * in the end; a segment without codes ({@link SegmentScan}) has all its live vectors of the cell compared, by one kernel
 * call for a batch over the mapped file. Estimates and distances of all segments lower one threshold. The k nearest of the
 * vectors that were compared, sorted by distance and then document, are the answer. A segment of kind FLAT or HNSW has no
 * lists: all of it is scanned once, with the first cell, one of HNSW by its graph ({@link GraphScan}).
 *
 * <p>A filter is evaluated first, to the set of accepted documents of every segment. Where they are no more than the query's limit the
 * cells do not matter: all accepted documents are compared. Else only accepted documents lower the threshold and become hits. Documents
 * that have expired ({@link ExpiredDocs}) are not accepted.
 *
 * <p>Holds no query state: any number of threads may search one instance, on platform threads, while the reader stays
 * open. It never closes the reader, never chooses cells, and never computes which cell a vector belongs to.
 */
public final class ShardSearcher {

    /** The field by which documents that expire say when: a LongPoint of milliseconds, one each. They are no hits from then on. */
    public static final String EXPIRY = "expiry";

    private final List<LeafReaderContext> leaves;
    private final String field;
    private final Metric metric;
    private final FilterCache filters;
    private final IndexSearcher documents;
    private final @Nullable List<OpenSegment> shared;
    /** By segment; empty where nothing expires in any. */
    private final Map<LeafReaderContext, ExpiredDocs> expired;

    /**
     * Searches one field of a reader.
     *
     * @param metric the one that the segments were written for
     * @param filters remembers what filters accept
     */
    public ShardSearcher(IndexReader reader, String field, Metric metric, FilterCache filters) throws IOException {
        this.leaves = reader.leaves();
        this.field = field;
        this.metric = metric;
        this.filters = filters;
        this.documents = new IndexSearcher(reader);
        documents.setQueryCache(null);
        List<OpenSegment> open = open();
        this.shared = open.stream().allMatch(segment -> segment.cells().isShareable()) ? open : null;
        this.expired = expired();
    }

    private Map<LeafReaderContext, ExpiredDocs> expired() throws IOException {
        Map<LeafReaderContext, ExpiredDocs> all = new HashMap<>();
        for (LeafReaderContext leaf : leaves) {
            ExpiredDocs ofLeaf = ExpiredDocs.of(leaf.reader());
            if (ofLeaf != null) {
                all.put(leaf, ofLeaf);
            }
        }
        return Map.copyOf(all);
    }

    private List<OpenSegment> open() throws IOException {
        List<OpenSegment> open = new ArrayList<>(leaves.size());
        for (LeafReaderContext leaf : leaves) {
            SegmentCells cells = SegmentCells.open(leaf.reader(), field);
            if (cells != null) {
                open.add(new OpenSegment(leaf, cells, null));
            }
        }
        return open;
    }

    /** As {@link #search(CellQuery, long)}, at a time at which nothing has expired. */
    public TopHits search(CellQuery query) throws IOException {
        return search(query, Long.MIN_VALUE);
    }

    /**
     * Scans the query's cells, or compares the documents that its filter accepts where these are few.
     *
     * @param nowMs documents that have expired by then are as if they were deleted
     * @throws CancellationException if the query's supplier said so
     * @throws IllegalArgumentException if dimension or metric differ from the index's
     */
    public TopHits search(CellQuery query, long nowMs) throws IOException {
        List<OpenSegment> segments = shared == null ? open() : shared;
        for (OpenSegment segment : segments) {
            requireMatch(segment.cells(), query.vector());
        }
        QueryFilter filter = query.filter();
        if (filter != null) {
            segments = accepting(segments, filter.documents(), query.cancelled());
        }
        ShardScan scan = new ShardScan(field, query, expired.isEmpty() ? segments : unexpired(segments, nowMs));
        if (filter != null && scan.accepted() <= filter.exactLimit()) {
            scan.compareAccepted();
            return scan.finish();
        }
        for (int i = 0; i < query.cells().length; i++) {
            scan.scan();
        }
        return scan.finish();
    }

    /** How evenly the vectors lie in the cells. */
    public CellSpread cellSpread() throws IOException {
        List<OpenSegment> segments = shared == null ? open() : shared;
        return CellSpread.of(segments.stream().map(OpenSegment::cells).toList());
    }

    private List<OpenSegment> accepting(List<OpenSegment> segments, Query query, BooleanSupplier cancelled)
            throws IOException {
        FilterEvaluation filter = new FilterEvaluation(documents, query);
        List<OpenSegment> accepting = new ArrayList<>(segments.size());
        for (OpenSegment segment : segments) {
            if (cancelled.getAsBoolean()) {
                throw new CancellationException("search cancelled");
            }
            accepting.add(new OpenSegment(segment.leaf(), segment.cells(), filters.accepted(segment.leaf(), filter)));
        }
        return accepting;
    }

    private List<OpenSegment> unexpired(List<OpenSegment> segments, long nowMs) throws IOException {
        List<OpenSegment> unexpired = new ArrayList<>(segments.size());
        for (OpenSegment segment : segments) {
            ExpiredDocs docs = expired.get(segment.leaf());
            unexpired.add(
                    docs == null
                            ? segment
                            : new OpenSegment(
                                    segment.leaf(), segment.cells(), docs.without(segment.accepted(), nowMs)));
        }
        return unexpired;
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
