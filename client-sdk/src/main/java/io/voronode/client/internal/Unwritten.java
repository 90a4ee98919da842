package io.voronode.client.internal;

import io.voronode.client.RecordStatus;
import io.voronode.client.WriteReport;
import io.voronode.client.WriteResult;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The keys that earlier parts of a call could not write. An attempt at them may still be under way, so a later part does not write them
 * either: the older record could land on the newer one. Of one call; its parts come one after the other.
 */
final class Unwritten {
    private final Set<String> keys = ConcurrentHashMap.newKeySet();

    BatchWrite.Refusal refusal(String key) {
        return keys.contains(key)
                ? new BatchWrite.Refusal(new WriteResult(
                        key,
                        RecordStatus.UNAVAILABLE,
                        "an earlier record of the same key in the same call was not written",
                        0,
                        false))
                : BatchWrite.Refusal.NONE;
    }

    /** Takes what became of a part. */
    CompletableFuture<WriteReport> after(CompletableFuture<WriteReport> part) {
        return Futures.map(part, report -> {
            report.results().stream()
                    .filter(result -> result.status().retryable())
                    .forEach(result -> keys.add(result.key()));
            return report;
        });
    }
}
