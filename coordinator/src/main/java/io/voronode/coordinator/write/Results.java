package io.voronode.coordinator.write;

import com.google.protobuf.util.Durations;
import io.voronode.proto.internal.v1.WriteResult;
import io.voronode.proto.v1.RecordCode;
import io.voronode.proto.v1.RecordResult;
import io.voronode.wire.VoronodeException;
import io.voronode.wire.VoronodeException.BadInput;
import io.voronode.wire.VoronodeException.Bug;
import io.voronode.wire.VoronodeException.Corruption;
import io.voronode.wire.VoronodeException.Overload;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The results of one request in its order; filled in by the threads that send its groups, each its own places. */
final class Results {
    private final AtomicReferenceArray<RecordResult> results;

    Results(int count) {
        RecordResult[] unanswered = new RecordResult[count];
        Arrays.fill(unanswered, RecordResult.getDefaultInstance());
        this.results = new AtomicReferenceArray<>(unanswered);
    }

    void applied(int index, long version, boolean existed) {
        results.set(
                index,
                RecordResult.newBuilder()
                        .setCode(RecordCode.RECORD_CODE_OK)
                        .setVersion(version)
                        .setExisted(existed)
                        .build());
    }

    void conditionFailed(int index, String message, WriteResult found) {
        results.set(
                index,
                RecordResult.newBuilder()
                        .setCode(RecordCode.RECORD_CODE_CONDITION_FAILED)
                        .setMessage(message)
                        .setVersion(found.getVersion())
                        .setExisted(found.getExisted())
                        .build());
    }

    void notFound(int index, String key) {
        results.set(
                index,
                RecordResult.newBuilder()
                        .setCode(RecordCode.RECORD_CODE_NOT_FOUND)
                        .setMessage("record " + index + ": no live record has key \"" + key + "\"")
                        .build());
    }

    void superseded(int index, int by) {
        results.set(
                index,
                RecordResult.newBuilder()
                        .setCode(RecordCode.RECORD_CODE_SUPERSEDED)
                        .setMessage("record " + by + " of the same request has the same key")
                        .build());
    }

    void failed(int index, VoronodeException failure) {
        RecordResult.Builder result =
                RecordResult.newBuilder().setCode(code(failure)).setMessage(String.valueOf(failure.getMessage()));
        if (failure instanceof Overload overload) {
            result.setRetryDelay(Durations.fromMillis(overload.retryDelay().toMillis()));
        }
        results.set(index, result.build());
    }

    private static RecordCode code(VoronodeException failure) {
        return switch (failure) {
            case BadInput ignored -> RecordCode.RECORD_CODE_INVALID_ARGUMENT;
            case Overload ignored -> RecordCode.RECORD_CODE_RESOURCE_EXHAUSTED;
            case Bug ignored -> RecordCode.RECORD_CODE_INTERNAL;
            case Corruption ignored -> RecordCode.RECORD_CODE_UNAVAILABLE;
            case VoronodeException.NotFound ignored -> RecordCode.RECORD_CODE_UNAVAILABLE;
            case VoronodeException.TooLarge ignored -> RecordCode.RECORD_CODE_INVALID_ARGUMENT;
            case VoronodeException.AlreadyExists ignored -> RecordCode.RECORD_CODE_INTERNAL;
            case VoronodeException.Conflict ignored -> RecordCode.RECORD_CODE_UNAVAILABLE;
            case VoronodeException.NotLeader ignored -> RecordCode.RECORD_CODE_UNAVAILABLE;
            case VoronodeException.Unavailable ignored -> RecordCode.RECORD_CODE_UNAVAILABLE;
            case VoronodeException.DeadlineExceeded ignored -> RecordCode.RECORD_CODE_UNAVAILABLE;
        };
    }

    /** Whether the record was not written, or perhaps not, for a reason that passes. */
    boolean mayBeRepeated(int index) {
        return mayBeRepeated(results.get(index).getCode());
    }

    static boolean mayBeRepeated(RecordCode code) {
        return code == RecordCode.RECORD_CODE_UNAVAILABLE || code == RecordCode.RECORD_CODE_RESOURCE_EXHAUSTED;
    }

    List<RecordResult> inOrder() {
        RecordResult[] copy = new RecordResult[results.length()];
        Arrays.setAll(copy, results::get);
        return List.of(copy);
    }
}
