package io.voronode.shardnode.partition.apply;

import com.google.protobuf.ByteString;
import io.voronode.proto.internal.v1.StoredAppliedState;
import io.voronode.proto.internal.v1.StoredResults;
import io.voronode.proto.internal.v1.WriteResult;
import io.voronode.shardnode.partition.store.Family;
import io.voronode.shardnode.partition.store.RangeIterator;
import io.voronode.shardnode.partition.store.RowKeys;
import io.voronode.shardnode.partition.store.RowStore;
import io.voronode.shardnode.partition.store.RowView;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answers already given, by (request id, ordinal), so that an operation sent twice is applied once. They are kept for {@link
 * #KEPT_MS} by the {@link ResultClock} and at most {@link #KEPT_RESULTS} entries of requests; what an entry forgets depends on the state
 * alone. Made for one entry; owned by the apply thread.
 */
final class ResultLog {
    static final long KEPT_MS = 10 * 60 * 1000;
    static final int KEPT_RESULTS = 1_000_000;
    /** More than one entry can add, so the log shrinks to its bound. */
    private static final int FORGOTTEN_PER_ENTRY = 512;

    private final RowStore store;
    private final PartitionState state;
    /** By request, in the order in which the entry names them. */
    private final Map<ByteString, RequestResults> requests = new LinkedHashMap<>();

    private static final class RequestResults {
        private final Map<Integer, WriteResult> byOrdinal = new HashMap<>();
        private final StoredResults.Builder added = StoredResults.newBuilder();
    }

    ResultLog(RowStore store, PartitionState state) {
        this.store = store;
        this.state = state;
    }

    @Nullable
    WriteResult find(ByteString requestId, int ordinal) {
        return of(requestId).byOrdinal.get(ordinal);
    }

    void add(ByteString requestId, WriteResult result) {
        RequestResults results = of(requestId);
        results.byOrdinal.put(result.getOrdinal(), result);
        results.added.addResults(result);
    }

    private RequestResults of(ByteString requestId) {
        return requests.computeIfAbsent(requestId, this::load);
    }

    private RequestResults load(ByteString requestId) {
        RequestResults results = new RequestResults();
        try (RowView view = store.view();
                RangeIterator i = view.prefix(Family.RESULTS, requestId.toByteArray())) {
            for (; i.valid(); i.next()) {
                for (WriteResult result :
                        view.parse(StoredResults.parser(), i.value()).getResultsList()) {
                    results.byOrdinal.put(result.getOrdinal(), result);
                }
            }
        }
        return results;
    }

    /** Writes what was added. */
    void save(EntryBatch batch) {
        StoredAppliedState.Builder applied = state.applied();
        requests.forEach((requestId, results) -> {
            if (results.added.getResultsCount() > 0) {
                batch.rows().put(Family.RESULTS, RowKeys.result(requestId, batch.index()), results.added.build());
                batch.rows()
                        .put(Family.RESULT_TIMES, RowKeys.resultTime(state.resultClockMs(), requestId, batch.index()));
                applied.setResultCount(applied.getResultCount() + 1);
            }
        });
    }

    /** Forgets what is too old or too much. Starts behind the last forgotten key, so that deleted keys are not walked again. */
    void prune(EntryBatch batch) {
        StoredAppliedState.Builder applied = state.applied();
        long keptSince = state.resultClockMs() - KEPT_MS;
        if (applied.getResultCount() <= KEPT_RESULTS && keptSince <= prunedTime(applied)) {
            return;
        }
        byte[] from = RowKeys.successor(applied.getResultsPrunedKey().toByteArray());
        byte[] end = RowKeys.resultTime(Long.MAX_VALUE, ByteString.copyFrom(new byte[RowKeys.REQUEST_ID_BYTES]), 0);
        try (RowView view = store.view();
                RangeIterator i = view.range(Family.RESULT_TIMES, from, end)) {
            for (int n = 0; n < FORGOTTEN_PER_ENTRY && i.valid(); n++, i.next()) {
                byte[] key = i.key();
                if (RowKeys.timeOfResultTime(key) >= keptSince && applied.getResultCount() <= KEPT_RESULTS) {
                    return;
                }
                batch.rows().delete(Family.RESULT_TIMES, key);
                batch.rows().delete(Family.RESULTS, RowKeys.resultOfResultTime(key));
                applied.setResultCount(applied.getResultCount() - 1);
                applied.setResultsPrunedKey(ByteString.copyFrom(key));
            }
        }
    }

    private static long prunedTime(StoredAppliedState.Builder applied) {
        ByteString key = applied.getResultsPrunedKey();
        return key.isEmpty() ? 0 : RowKeys.timeOfResultTime(key.toByteArray());
    }
}
