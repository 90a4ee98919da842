package io.voronode.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.voronode.proto.v1.DeleteByFilterRequest;
import io.voronode.proto.v1.DeleteByFilterResponse;
import io.voronode.proto.v1.DeleteRequest;
import io.voronode.proto.v1.PayloadUpdate;
import io.voronode.proto.v1.Record;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordResult;
import io.voronode.proto.v1.UpdatePayloadRequest;
import io.voronode.proto.v1.WriteCondition;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The records of a {@link FakeCoordinator}: written once by (write, ordinal), as partitions do it, unless a failure was planned for them. */
final class FakeRows {
    final Map<String, Record> records = new ConcurrentHashMap<>();
    final AtomicLong versions = new AtomicLong();
    private final Map<String, Deque<RecordCode>> failures = new ConcurrentHashMap<>();
    /** What a planned failure asks for before the next attempt. */
    volatile Duration retryDelay = Duration.ZERO;

    private final Map<Place, RecordResult> done = new HashMap<>();

    private record Place(ByteString write, int ordinal) {}

    void fail(String key, RecordCode... codes) {
        failures.put(key, new ArrayDeque<>(List.of(codes)));
    }

    /** The write is what repetitions have in common; without ordinals the records are numbered from 0. */
    List<RecordResult> upsert(ByteString write, List<Integer> ordinals, List<Record> batch) {
        List<RecordResult> results = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Record record = batch.get(i);
            results.add(once(place(write, ordinals, i), record.getKey(), () -> put(record)));
        }
        return results;
    }

    /** As {@link #upsert}. */
    List<RecordResult> delete(DeleteRequest request) {
        List<RecordResult> results = new ArrayList<>();
        for (int i = 0; i < request.getKeysCount(); i++) {
            String key = request.getKeys(i);
            long ifVersion = request.getIfVersionsCount() == 0 ? 0 : request.getIfVersions(i);
            Place place = place(request.getRequestId(), request.getOrdinalsList(), i);
            results.add(once(place, key, () -> remove(key, ifVersion)));
        }
        return results;
    }

    /** As {@link #upsert}; a merge shows as the patch behind the payload. */
    List<RecordResult> updatePayload(UpdatePayloadRequest request) {
        List<RecordResult> results = new ArrayList<>();
        for (int i = 0; i < request.getUpdatesCount(); i++) {
            PayloadUpdate update = request.getUpdates(i);
            Place place = place(request.getRequestId(), request.getOrdinalsList(), i);
            results.add(once(place, update.getKey(), () -> change(update)));
        }
        return results;
    }

    private RecordResult change(PayloadUpdate update) {
        Record before = records.get(update.getKey());
        if (update.hasCondition() && !isMet(update.getCondition(), before)) {
            return conditionFailed(before);
        }
        if (before == null) {
            return RecordResult.newBuilder()
                    .setCode(RecordCode.RECORD_CODE_NOT_FOUND)
                    .build();
        }
        String payload = update.hasMerge() ? before.getPayload() + update.getMerge() : update.getReplace();
        RecordResult result = written(before);
        records.put(
                update.getKey(),
                before.toBuilder()
                        .setPayload(payload)
                        .setVersion(result.getVersion())
                        .build());
        return result;
    }

    /** Any filter matches all records; a call deletes three. */
    synchronized DeleteByFilterResponse deleteByFilter(DeleteByFilterRequest request) {
        DeleteByFilterResponse.Builder response =
                DeleteByFilterResponse.newBuilder().setMatched(records.size());
        if (!request.getDryRun()) {
            List<String> found = records.keySet().stream().sorted().limit(3).toList();
            found.forEach(records::remove);
            versions.addAndGet(found.size());
            response.setDeleted(found.size());
        }
        return response.setMore(!records.isEmpty()).build();
    }

    private static Place place(ByteString write, List<Integer> ordinals, int i) {
        return new Place(write, ordinals.isEmpty() ? i : ordinals.get(i));
    }

    private RecordResult put(Record record) {
        Record before = records.get(record.getKey());
        if (record.hasCondition() && !isMet(record.getCondition(), before)) {
            return conditionFailed(before);
        }
        RecordResult result = written(before);
        records.put(
                record.getKey(),
                record.toBuilder().setVersion(result.getVersion()).build());
        return result;
    }

    private RecordResult remove(String key, long ifVersion) {
        Record before = records.get(key);
        if (ifVersion != 0 && (before == null || before.getVersion() != ifVersion)) {
            return conditionFailed(before);
        }
        records.remove(key);
        return written(before);
    }

    private static boolean isMet(WriteCondition condition, @Nullable Record record) {
        return condition.hasVersion()
                ? record != null && record.getVersion() == condition.getVersion()
                : condition.getExists() == (record != null);
    }

    private RecordResult written(@Nullable Record before) {
        return RecordResult.newBuilder()
                .setCode(RecordCode.RECORD_CODE_OK)
                .setVersion(versions.incrementAndGet())
                .setExisted(before != null)
                .build();
    }

    private static RecordResult conditionFailed(@Nullable Record record) {
        return RecordResult.newBuilder()
                .setCode(RecordCode.RECORD_CODE_CONDITION_FAILED)
                .setMessage("not so")
                .setVersion(record == null ? 0 : record.getVersion())
                .setExisted(record != null)
                .build();
    }

    private synchronized RecordResult once(Place place, String key, Supplier<RecordResult> write) {
        RecordCode failure = failures.getOrDefault(key, new ArrayDeque<>()).poll();
        if (failure != null) {
            return RecordResult.newBuilder()
                    .setCode(failure)
                    .setMessage("planned")
                    .setRetryDelay(Durations.fromMillis(retryDelay.toMillis()))
                    .build();
        }
        return done.computeIfAbsent(place, ignored -> write.get());
    }
}
