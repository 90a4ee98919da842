package io.voronode.coordinator.write;

import io.voronode.coordinator.token.SessionToken;
import io.voronode.proto.v1.RecordResult;
import java.util.List;

/**
 * What became of a request.
 *
 * @param results in the order of the request
 * @param token contains the writes and what the caller had seen before
 * @param unindexed what searches may not see yet
 */
public record WriteAnswer(List<RecordResult> results, SessionToken token, Unindexed unindexed) {
    public WriteAnswer {
        results = List.copyOf(results);
    }
}
