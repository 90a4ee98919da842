package io.voronode.coordinator.write;

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

    void superseded(int index, int by) {
        set(index, RecordCode.RECORD_CODE_SUPERSEDED, "record " + by + " of the same request has the same key");
    }

    void failed(int index, VoronodeException failure) {
        set(index, code(failure), String.valueOf(failure.getMessage()));
    }

    private static RecordCode code(VoronodeException failure) {
        return switch (failure) {
            case BadInput ignored -> RecordCode.RECORD_CODE_INVALID_ARGUMENT;
            case Overload ignored -> RecordCode.RECORD_CODE_RESOURCE_EXHAUSTED;
            case Bug ignored -> RecordCode.RECORD_CODE_INTERNAL;
            case Corruption ignored -> RecordCode.RECORD_CODE_UNAVAILABLE;
            case VoronodeException.NotFound ignored -> RecordCode.RECORD_CODE_UNAVAILABLE;
            case VoronodeException.AlreadyExists ignored -> RecordCode.RECORD_CODE_INTERNAL;
            case VoronodeException.Conflict ignored -> RecordCode.RECORD_CODE_UNAVAILABLE;
            case VoronodeException.NotLeader ignored -> RecordCode.RECORD_CODE_UNAVAILABLE;
            case VoronodeException.Unavailable ignored -> RecordCode.RECORD_CODE_UNAVAILABLE;
            case VoronodeException.DeadlineExceeded ignored -> RecordCode.RECORD_CODE_UNAVAILABLE;
        };
    }

    private void set(int index, RecordCode code, String message) {
        results.set(
                index,
                RecordResult.newBuilder().setCode(code).setMessage(message).build());
    }

    List<RecordResult> inOrder() {
        RecordResult[] copy = new RecordResult[results.length()];
        Arrays.setAll(copy, results::get);
        return List.of(copy);
    }
}
