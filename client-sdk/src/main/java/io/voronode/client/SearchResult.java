package io.voronode.client;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one query.
 *
 * @param hits at most k, nearest first
 * @param coverage how much was scanned
 * @param explanation where asked for
 * @param lag how far behind the rows the searched replicas may be
 */
public record SearchResult(
        List<Hit> hits, Coverage coverage, @Nullable Explanation explanation, Duration lag) {

    public SearchResult {
        hits = List.copyOf(hits);
    }
}
