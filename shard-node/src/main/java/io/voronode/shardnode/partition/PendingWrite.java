package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.LiveGeneration;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.WriteCode;
import io.voronode.proto.internal.v1.WriteResult;
import io.voronode.shardnode.partition.apply.Outcome.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A write request of which parts may travel in several entries. Answered when all parts are. Any thread may tell it of a part. */
final class PendingWrite {
    /** What the request is answered with. */
    record Answered(List<WriteResult> results, List<LiveGeneration> liveGenerations, long index) {}

    private final RequestOperations operations;
    private final long arrivedNanos = System.nanoTime();
    private final CompletableFuture<Answered> answered = new CompletableFuture<>();
    private final WriteResult[] results;
    private List<LiveGeneration> liveGenerations = List.of();
    private int missing;
    /** Of the thread that packs. */
    private boolean proposed;

    private long index;

    PendingWrite(RequestOperations operations) {
        this.operations = operations;
        this.results = new WriteResult[operations.getOperationsCount()];
        this.missing = results.length;
    }

    RequestOperations operations() {
        return operations;
    }

    /** A part of it is handed to Raft: if it is the first, tells how long the request has waited. */
    void tellProposed(WriteListener listener) {
        if (!proposed) {
            proposed = true;
            listener.proposed(System.nanoTime() - arrivedNanos);
        }
    }

    CompletableFuture<Answered> answered() {
        return answered;
    }

    /** The operations at these places of the request have these answers, as of a log index. */
    void answer(List<Integer> places, Answer answer, long atIndex) {
        synchronized (this) {
            for (int i = 0; i < places.size(); i++) {
                results[places.get(i)] = answer.results().get(i);
            }
            missing -= places.size();
            index = Math.max(index, atIndex);
            if (!answer.liveGenerations().isEmpty()) {
                liveGenerations = answer.liveGenerations();
            }
        }
        completeIfWhole();
    }

    /** The operation never reaches the log. */
    void refuse(int place, String message) {
        synchronized (this) {
            results[place] = WriteResult.newBuilder()
                    .setOrdinal(operations.getOperations(place).getOrdinal())
                    .setCode(WriteCode.WRITE_CODE_REJECTED)
                    .setMessage(message)
                    .build();
            missing--;
        }
    }

    /** Needed once after refusals, because no entry may follow. */
    void completeIfWhole() {
        Answered whole;
        synchronized (this) {
            if (missing > 0) {
                return;
            }
            whole = new Answered(new ArrayList<>(List.of(results)), liveGenerations, index);
        }
        answered.complete(whole);
    }

    /** Parts of it may have been applied, or may be later: sending it again is safe. */
    void fail(Throwable error) {
        answered.completeExceptionally(error);
    }
}
