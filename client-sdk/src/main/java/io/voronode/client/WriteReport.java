package io.voronode.client;

import java.util.List;

/**
 * The outcome of a write.
 *
 * @param results one per record, in the order of the request
 * @param indexed whether search sees all that was written already
 */
public record WriteReport(List<WriteResult> results, boolean indexed) {

    public WriteReport {
        results = List.copyOf(results);
    }

    /** Whether every record was applied. */
    public boolean ok() {
        return results.stream().allMatch(WriteResult::ok);
    }

    /** The results of the records that were not applied. */
    public List<WriteResult> failures() {
        return results.stream().filter(result -> !result.ok()).toList();
    }
}
