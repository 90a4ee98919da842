package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.BarrierCommand;
import io.voronode.proto.internal.v1.PartitionEntry;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Commits barriers, one at a time. A barrier that has already started may lie before a write that was acknowledged meanwhile, so callers
 * that come then share the one that starts after it. Ratis' own read index is not used: in 3.3.0 a leader cut off from its
 * followers answers it.
 */
final class BarrierGate {
    private final Function<PartitionEntry.Builder, CompletableFuture<Proposal>> propose;
    private @Nullable CompletableFuture<Long> running;
    private @Nullable CompletableFuture<Long> next;

    BarrierGate(Function<PartitionEntry.Builder, CompletableFuture<Proposal>> propose) {
        this.propose = propose;
    }

    /** The log index of a barrier that was proposed after this call. */
    CompletableFuture<Long> barrier() {
        CompletableFuture<Long> mine;
        synchronized (this) {
            if (running != null) {
                if (next == null) {
                    next = new CompletableFuture<>();
                }
                return next;
            }
            mine = new CompletableFuture<>();
            running = mine;
        }
        start(mine);
        return mine;
    }

    private void start(CompletableFuture<Long> barrier) {
        var _ = propose.apply(PartitionEntry.newBuilder().setBarrier(BarrierCommand.getDefaultInstance()))
                .whenComplete((proposal, error) -> {
                    startNext();
                    if (error != null) {
                        barrier.completeExceptionally(error);
                    } else {
                        barrier.complete(proposal.index());
                    }
                });
    }

    private void startNext() {
        CompletableFuture<Long> following;
        synchronized (this) {
            following = next;
            next = null;
            running = following;
        }
        if (following != null) {
            start(following);
        }
    }
}
