package io.voronode.engine.search;

import org.apache.lucene.search.Query;

/**
 * Which documents a query may answer.
 *
 * @param documents matches them; equal queries must match the same documents of a segment
 * @param exactLimit where no more documents of the index are accepted, all of them are compared and no cells are scanned
 */
public record QueryFilter(Query documents, int exactLimit) {

    public QueryFilter {
        if (exactLimit < 0) {
            throw new IllegalArgumentException("exactLimit " + exactLimit + " is negative");
        }
    }
}
