package io.voronode.shardnode.rpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.AwaitVisibleRequest;
import io.voronode.proto.internal.v1.AwaitVisibleResponse;
import io.voronode.proto.internal.v1.ListRecordsRequest;
import io.voronode.proto.internal.v1.ListRecordsResponse;
import io.voronode.proto.internal.v1.SearchRequest;
import io.voronode.proto.internal.v1.SearchResponse;
import io.voronode.proto.internal.v1.ShardServiceGrpc;
import io.voronode.shardnode.shard.ShardId;
import io.voronode.shardnode.shard.ShardReplica;
import io.voronode.shardnode.shard.ShardReplicas;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Searches this node's shard replicas for coordinators. A call arrives on a virtual thread, which checks it, waits until the replicas are
 * fresh enough, and hands the scans of its probes to the few threads of the {@link ScanPool}; each scan is one call of {@link
 * io.voronode.engine.search.ShardSearcher}, the next on the main path. The virtual thread then answers with the hits of each probe. A call
 * that was cancelled or is out of time ends its scans within a fraction of a millisecond.
 */
public final class ShardRpc extends ShardServiceGrpc.ShardServiceImplBase implements AutoCloseable {
    private static final long DEFAULT_DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** The part of the remaining time that a search may wait for fresher replicas: one in so many. */
    private static final int WAIT_SHARE = 4;

    /** What AwaitVisible leaves of its time for the way back. */
    private static final long MAX_HEADROOM_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int MAX_WAITING = 10_000;
    private static final Duration RETRY_DELAY = Duration.ofMillis(200);

    private final ShardReplicas replicas;
    private final ScanPool pool;
    private final ScanListener listener;
    private final Semaphore waiting = new Semaphore(MAX_WAITING);

    /**
     * Of the replicas of a node.
     *
     * @param cores as many threads scan
     */
    public ShardRpc(ShardReplicas replicas, int cores, ScanListener listener) {
        this.replicas = replicas;
        this.listener = listener;
        this.pool = new ScanPool(cores);
    }

    @Override
    public void search(SearchRequest request, StreamObserver<SearchResponse> observer) {
        SearchResponse response;
        try {
            response = search(request, Context.current());
        } catch (InterruptedException e) {
            observer.onError(Statuses.toGrpc(interrupted(e)));
            return;
        } catch (VoronodeException e) {
            observer.onError(Statuses.toGrpc(e));
            return;
        }
        observer.onNext(response);
        observer.onCompleted();
    }

    private SearchResponse search(SearchRequest request, Context call) throws InterruptedException {
        long now = System.nanoTime();
        long deadlineNanos = deadlineNanos();
        try (SearchTargets targets =
                SearchTargets.acquire(request, replicas, now + (deadlineNanos - now) / WAIT_SHARE)) {
            ShardSearch search = new ShardSearch(
                    request, targets, () -> call.isCancelled() || System.nanoTime() - deadlineNanos >= 0, listener);
            if (request.getProbesCount() > 0 && request.getBackground()) {
                pool.runInBackground(search::scanNext);
            } else if (request.getProbesCount() > 0) {
                pool.run(request.getProbesCount(), search::work);
            }
            return search.awaitResponse();
        }
    }

    @Override
    public void awaitVisible(AwaitVisibleRequest request, StreamObserver<AwaitVisibleResponse> observer) {
        if (!waiting.tryAcquire()) {
            observer.onError(Statuses.toGrpc(
                    new VoronodeException.Overload(MAX_WAITING + " callers wait already", RETRY_DELAY)));
            return;
        }
        try {
            observer.onNext(awaitVisible(request));
            observer.onCompleted();
        } catch (InterruptedException e) {
            observer.onError(Statuses.toGrpc(interrupted(e)));
        } finally {
            waiting.release();
        }
    }

    private AwaitVisibleResponse awaitVisible(AwaitVisibleRequest request) throws InterruptedException {
        AwaitVisibleResponse.Builder response = AwaitVisibleResponse.newBuilder();
        // An answer that leaves at the deadline comes too late.
        long now = System.nanoTime();
        long deadlineNanos = deadlineNanos();
        deadlineNanos -= Math.min((deadlineNanos - now) / 5, MAX_HEADROOM_NANOS);
        for (int shard : request.getShardsList()) {
            ShardReplica replica =
                    replicas.find(new ShardId(request.getCollectionUuid(), request.getGeneration(), shard));
            if (replica != null && replica.awaitVisible(request.getPositionsList(), deadlineNanos)) {
                response.addVisible(shard);
            }
        }
        return response.build();
    }

    @Override
    public void listRecords(ListRecordsRequest request, StreamObserver<ListRecordsResponse> observer) {
        ListRecordsResponse response;
        try {
            long now = System.nanoTime();
            response = RecordListing.of(request, replicas, now + (deadlineNanos() - now) / 2);
        } catch (InterruptedException e) {
            observer.onError(Statuses.toGrpc(interrupted(e)));
            return;
        } catch (VoronodeException e) {
            observer.onError(Statuses.toGrpc(e));
            return;
        }
        observer.onNext(response);
        observer.onCompleted();
    }

    /** On the clock of System.nanoTime. */
    private static long deadlineNanos() {
        Deadline deadline = Context.current().getDeadline();
        return System.nanoTime()
                + (deadline == null ? DEFAULT_DEADLINE_NANOS : deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }

    private static VoronodeException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new VoronodeException.Unavailable("the node is closing", e);
    }

    @Override
    public void close() {
        pool.close();
    }
}
