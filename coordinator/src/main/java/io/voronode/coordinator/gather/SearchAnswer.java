package io.voronode.coordinator.gather;

import io.voronode.coordinator.token.SessionToken;
import io.voronode.proto.v1.SearchResult;
import java.util.List;

/**
 * The answer to a search.
 *
 * @param results one per query
 * @param traces how each came to be, in the same order
 * @param token contains what was seen and what the caller had seen before
 * @param lagMs how far behind the rows the searched replicas may be
 */
public record SearchAnswer(List<SearchResult> results, List<ScanTrace> traces, SessionToken token, long lagMs) {
    public SearchAnswer {
        results = List.copyOf(results);
        traces = List.copyOf(traces);
    }
}
