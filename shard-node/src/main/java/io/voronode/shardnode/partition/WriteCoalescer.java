package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.PartitionEntry;
import io.voronode.proto.internal.v1.RequestOperations;
import io.voronode.proto.internal.v1.WriteOperation;
import io.voronode.shardnode.partition.EntryPacker.Packed;
import io.voronode.shardnode.partition.EntryPacker.Queued;
import io.voronode.shardnode.partition.PendingWrite.Answered;
import io.voronode.shardnode.partition.apply.Outcome;
import io.voronode.wire.VoronodeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Packs the writes that wait for one partition into log entries and keeps a bounded number of entries in flight: while those are on their way
 * to disk, the next ones fill. Its own thread packs and proposes; any thread submits; what does not fit into the queue is refused
 * with a retry delay.
 */
final class WriteCoalescer implements AutoCloseable {
    private static final Duration RETRY_DELAY = Duration.ofMillis(50);

    private final int partition;
    private final PartitionLimits limits;
    private final Proposer proposer;
    private final Executor completions;
    private final WriteListener listener;
    private final LinkedBlockingQueue<PendingWrite> arrived = new LinkedBlockingQueue<>();
    private final EntryPacker packer = new EntryPacker();
    private final AtomicLong queuedOperations = new AtomicLong();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final Semaphore inFlight;
    private final Thread thread;
    private volatile boolean closed;

    WriteCoalescer(
            int partition, PartitionLimits limits, Proposer proposer, Executor completions, WriteListener listener) {
        this.partition = partition;
        this.limits = limits;
        this.proposer = proposer;
        this.completions = completions;
        this.listener = listener;
        this.inFlight = new Semaphore(limits.entriesInFlight());
        this.thread =
                Thread.ofPlatform().daemon().name("coalescer-" + partition).start(this::run);
    }

    /** The future fails with a {@link VoronodeException}; then parts may still have been applied, and the same request may be sent again. */
    CompletableFuture<Answered> submit(RequestOperations operations) {
        long bytes = operations.getSerializedSize();
        int count = operations.getOperationsCount();
        // Both are counted before either is looked at, because a refusal gives both back.
        long waitingOperations = queuedOperations.addAndGet(count);
        long waitingBytes = queuedBytes.addAndGet(bytes);
        if (waitingOperations > limits.queuedOperations() || waitingBytes > limits.queuedBytes()) {
            release(count, bytes);
            return CompletableFuture.failedFuture(new VoronodeException.Overload(
                    "partition " + partition + " has " + limits.queuedOperations() + " operations or "
                            + limits.queuedBytes() + " bytes waiting",
                    RETRY_DELAY));
        }
        PendingWrite pending = new PendingWrite(operations);
        var _ = pending.answered().whenComplete((answered, error) -> release(count, bytes));
        arrived.add(pending);
        if (closed) {
            pending.fail(closedError());
        }
        return pending.answered();
    }

    /** Whether everything that was submitted is answered. */
    boolean isIdle() {
        return queuedOperations.get() == 0;
    }

    private void release(int count, long bytes) {
        queuedOperations.addAndGet(-count);
        queuedBytes.addAndGet(-bytes);
    }

    private void run() {
        try {
            while (true) {
                if (packer.isEmpty()) {
                    queue(arrived.take());
                }
                inFlight.acquire();
                queueArrived();
                if (packer.isEmpty()) {
                    inFlight.release();
                } else {
                    propose(packer.pack());
                }
            }
        } catch (InterruptedException e) {
            failAll();
        }
    }

    private void queueArrived() {
        List<PendingWrite> requests = new ArrayList<>();
        arrived.drainTo(requests);
        requests.forEach(this::queue);
    }

    private void queue(PendingWrite request) {
        List<WriteOperation> operations = request.operations().getOperationsList();
        for (int place = 0; place < operations.size(); place++) {
            WriteOperation operation = operations.get(place);
            if (EntryPacker.fits(operation)) {
                packer.add(new Queued(request, place));
            } else {
                // Before the log: an entry that Ratis finds too large makes the leader step down.
                request.refuse(
                        place, "record of " + EntryPacker.bytes(operation) + " bytes > " + EntryPacker.MAX_ENTRY_BYTES);
            }
        }
        request.completeIfWhole();
    }

    private void propose(Packed packed) {
        packed.parts().keySet().forEach(request -> request.tellProposed(listener));
        long startNanos = System.nanoTime();
        var _ = proposer.propose(PartitionEntry.newBuilder().setWrite(packed.batch()))
                .whenComplete((proposal, error) -> {
                    inFlight.release();
                    if (error == null) {
                        listener.committed(System.nanoTime() - startNanos);
                    }
                    completions.execute(() -> {
                        if (error != null) {
                            packed.parts().keySet().forEach(request -> request.fail(error));
                        } else {
                            answer(packed, proposal);
                        }
                    });
                });
    }

    private static void answer(Packed packed, Proposal proposal) {
        if (!(proposal.outcome() instanceof Outcome.Written written)) {
            VoronodeException bug = new VoronodeException.Bug("a write entry became " + proposal.outcome(), null);
            packed.parts().keySet().forEach(request -> request.fail(bug));
            return;
        }
        int i = 0;
        for (var part : packed.parts().entrySet()) {
            part.getKey().answer(part.getValue(), written.answers().get(i++), proposal.index());
        }
    }

    private void failAll() {
        queueArrived();
        packer.drain().forEach(queued -> queued.request().fail(closedError()));
    }

    private VoronodeException closedError() {
        return new VoronodeException.Unavailable("partition " + partition + " is closing");
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
