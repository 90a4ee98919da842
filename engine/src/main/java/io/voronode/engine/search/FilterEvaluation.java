package io.voronode.engine.search;

import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/** A filter's query over one reader, prepared when a segment is first asked. Owned by one search. */
final class FilterEvaluation {

    private final IndexSearcher searcher;
    private final Query query;
    private @Nullable Weight weight;

    FilterEvaluation(IndexSearcher searcher, Query query) {
        this.searcher = searcher;
        this.query = query;
    }

    Query query() {
        return query;
    }

    /** The documents of a segment that match, deleted ones included. */
    FixedBitSet matching(LeafReaderContext leaf) throws IOException {
        FixedBitSet matching = new FixedBitSet(leaf.reader().maxDoc());
        ScorerSupplier scorer = weight().scorerSupplier(leaf);
        if (scorer != null) {
            matching.or(scorer.get(Long.MAX_VALUE).iterator());
        }
        return matching;
    }

    private Weight weight() throws IOException {
        Weight prepared = weight;
        if (prepared == null) {
            prepared = searcher.createWeight(searcher.rewrite(query), ScoreMode.COMPLETE_NO_SCORES, 1);
            weight = prepared;
        }
        return prepared;
    }
}
