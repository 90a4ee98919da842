package io.voronode.coordinator.gather;

import io.voronode.coordinator.token.SessionToken;
import io.voronode.proto.v1.Explanation;
import io.voronode.proto.v1.SearchResult;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The answer to a search.
 *
 * @param results one per query
 * @param traces how each came to be, in the same order
 * @param token contains what was seen and what the caller had seen before
 * @param lagMs how far behind the rows the searched replicas may be
 * @param stageNanos how long each stage took that there was, of all queries together
 * @param explanation of the first query; made when it is asked for, and until then it holds on to all that was found
 */
public record SearchAnswer(
        List<SearchResult> results,
        List<ScanTrace> traces,
        SessionToken token,
        long lagMs,
        Map<SearchStage, Long> stageNanos,
        Supplier<Explanation> explanation) {
    public SearchAnswer {
        results = List.copyOf(results);
        traces = List.copyOf(traces);
        stageNanos = Map.copyOf(stageNanos);
    }
}
