package io.voronode.shardnode.partition;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.BarrierRequest;
import io.voronode.proto.internal.v1.BarrierResponse;
import io.voronode.proto.internal.v1.ChangePeersRequest;
import io.voronode.proto.internal.v1.ChangePeersResponse;
import io.voronode.proto.internal.v1.ControlRequest;
import io.voronode.proto.internal.v1.ControlResponse;
import io.voronode.proto.internal.v1.DescribePressureRequest;
import io.voronode.proto.internal.v1.DescribePressureResponse;
import io.voronode.proto.internal.v1.DigestRowsRequest;
import io.voronode.proto.internal.v1.DigestRowsResponse;
import io.voronode.proto.internal.v1.ExportRequest;
import io.voronode.proto.internal.v1.ExportResponse;
import io.voronode.proto.internal.v1.GetBlobRequest;
import io.voronode.proto.internal.v1.GetBlobResponse;
import io.voronode.proto.internal.v1.PartitionServiceGrpc;
import io.voronode.proto.internal.v1.Position;
import io.voronode.proto.internal.v1.ReadRequest;
import io.voronode.proto.internal.v1.ReadResponse;
import io.voronode.proto.internal.v1.SampleRequest;
import io.voronode.proto.internal.v1.SampleResponse;
import io.voronode.proto.internal.v1.ScanRequest;
import io.voronode.proto.internal.v1.ScanResponse;
import io.voronode.proto.internal.v1.StoredBlobChunk;
import io.voronode.proto.internal.v1.StoredCollection;
import io.voronode.proto.internal.v1.WriteRequest;
import io.voronode.proto.internal.v1.WriteResponse;
import io.voronode.shardnode.feed.PacedStream;
import io.voronode.shardnode.partition.PendingWrite.Answered;
import io.voronode.shardnode.partition.store.Positions;
import io.voronode.shardnode.partition.store.RowView;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Serves PartitionService for the replicas of this node. Writes are answered asynchronously; reads run on threads that may block. */
final class PartitionRpc extends PartitionServiceGrpc.PartitionServiceImplBase {
    private final IntFunction<PartitionReplica> replicas;
    private final Function<DescribePressureRequest, DescribePressureResponse> pressure;
    private final Executor calls;

    /** The first function throws for a partition that is not here. */
    PartitionRpc(
            IntFunction<PartitionReplica> replicas,
            Function<DescribePressureRequest, DescribePressureResponse> pressure,
            Executor calls) {
        this.replicas = replicas;
        this.pressure = pressure;
        this.calls = calls;
    }

    @Override
    public void write(WriteRequest request, StreamObserver<WriteResponse> responses) {
        answer(responses, () -> {
            PartitionReplica replica = replicas.apply(request.getPartition());
            WriteChecks.require(request.getOperations());
            return replica.write(request.getOperations()).thenApply(answered -> response(replica, answered));
        });
    }

    private static WriteResponse response(PartitionReplica replica, Answered answered) {
        return WriteResponse.newBuilder()
                .addAllResults(answered.results())
                .addAllLiveGenerations(answered.liveGenerations())
                .setPosition(position(replica, answered.index()))
                .build();
    }

    /** What was applied here has a lineage. */
    private static Position position(PartitionReplica replica, long index) {
        return Position.newBuilder()
                .setPartition(replica.partition())
                .setLineage(replica.lineage())
                .setIndex(index)
                .build();
    }

    @Override
    public void control(ControlRequest request, StreamObserver<ControlResponse> responses) {
        answer(responses, () -> {
            PartitionReplica replica = replicas.apply(request.getPartition());
            WriteChecks.require(request.getCommand());
            return replica.control(request.getCommand()).thenApply(proposal -> response(replica, proposal));
        });
    }

    private static ControlResponse response(PartitionReplica replica, Proposal proposal) {
        proposal.requireDone();
        return ControlResponse.newBuilder()
                .setPosition(position(replica, proposal.index()))
                .build();
    }

    @Override
    public void barrier(BarrierRequest request, StreamObserver<BarrierResponse> responses) {
        answer(responses, () -> {
            PartitionReplica replica = replicas.apply(request.getPartition());
            return replica.barrier()
                    .thenApply(index -> BarrierResponse.newBuilder()
                            .setPosition(position(replica, index))
                            .build());
        });
    }

    @Override
    public void changePeers(ChangePeersRequest request, StreamObserver<ChangePeersResponse> responses) {
        answer(responses, () -> {
            PartitionReplica replica = replicas.apply(request.getPartition());
            return replica.changePeers(request).thenApply(ignored -> ChangePeersResponse.getDefaultInstance());
        });
    }

    @Override
    public void read(ReadRequest request, StreamObserver<ReadResponse> responses) {
        Position atLeast = request.hasAtLeast() ? request.getAtLeast() : null;
        answerBlocking(responses, () -> {
            PartitionReplica replica = replicas.apply(request.getPartition());
            // Asked before: the view has no less than what this is about.
            long lagMs = replica.lagMs();
            try (RowView view = replica.view(atLeast)) {
                return new RowReader(replica.partition())
                        .read(view, request)
                        .setLagMs(lagMs)
                        .build();
            }
        });
    }

    @Override
    public void scan(ScanRequest request, StreamObserver<ScanResponse> responses) {
        Position atLeast = request.hasAtLeast() ? request.getAtLeast() : null;
        answerBlocking(responses, () -> {
            PartitionReplica replica = replicas.apply(request.getPartition());
            // Asked before: the view has no less than what this is about.
            long lagMs = replica.lagMs();
            try (RowView view = replica.view(atLeast)) {
                return new RowReader(replica.partition())
                        .scan(view, request)
                        .setLagMs(lagMs)
                        .build();
            }
        });
    }

    @Override
    public void sample(SampleRequest request, StreamObserver<SampleResponse> responses) {
        stream(responses, out -> {
            PartitionReplica replica = replicas.apply(request.getPartition());
            try (RowView view = replica.view()) {
                long liveRows = new RowReader(replica.partition())
                        .requireCollection(view, request.getCollectionUuid())
                        .getLiveRows();
                return Sampler.sample(view, request, liveRows, out, Deadlines.remainingNanos());
            }
        });
    }

    @Override
    public void digestRows(DigestRowsRequest request, StreamObserver<DigestRowsResponse> responses) {
        Position atLeast = request.hasAtLeast() ? request.getAtLeast() : null;
        answerBlocking(responses, () -> {
            PartitionReplica replica = replicas.apply(request.getPartition());
            try (RowView view = replica.view(atLeast)) {
                StoredCollection collection =
                        new RowReader(replica.partition()).requireCollection(view, request.getCollectionUuid());
                return new RowDigester(view, request)
                        .digest()
                        .setPosition(Positions.of(replica.partition(), view.applied()))
                        .setLiveRows(collection.getLiveRows())
                        .build();
            }
        });
    }

    @Override
    public void export(ExportRequest request, StreamObserver<ExportResponse> responses) {
        Position atLeast = request.hasAtLeast() ? request.getAtLeast() : null;
        stream(responses, out -> {
            PartitionReplica replica = replicas.apply(request.getPartition());
            try (RowView view = replica.view(atLeast)) {
                return new RowReader(replica.partition()).export(view, request, out);
            }
        });
    }

    @Override
    public void getBlob(GetBlobRequest request, StreamObserver<GetBlobResponse> responses) {
        stream(responses, out -> {
            PartitionReplica replica = replicas.apply(request.getPartition());
            try (RowView view = replica.view()) {
                return sendBlob(view, request, out);
            }
        });
    }

    @Override
    public void describePressure(DescribePressureRequest request, StreamObserver<DescribePressureResponse> responses) {
        answer(responses, () -> CompletableFuture.completedFuture(pressure.apply(request)));
    }

    private static boolean sendBlob(RowView view, GetBlobRequest request, PacedStream<GetBlobResponse> out)
            throws InterruptedException {
        int chunks = requireChunk(view, request, 0).getChunkCount();
        for (int chunk = 0; chunk < chunks; chunk++) {
            requireChunk(view, request, chunk);
        }
        for (int chunk = 0; chunk < chunks; chunk++) {
            GetBlobResponse response = GetBlobResponse.newBuilder()
                    .setContent(requireChunk(view, request, chunk).getContent())
                    .build();
            if (!out.send(response, Deadlines.remainingNanos(), view::requireOpen)) {
                return false;
            }
        }
        return true;
    }

    private static StoredBlobChunk requireChunk(RowView view, GetBlobRequest request, int chunk) {
        StoredBlobChunk stored = view.blobChunk(request.getDigest(), chunk);
        if (stored == null) {
            throw new VoronodeException.NotFound("UNKNOWN_BLOB: partition " + request.getPartition()
                    + " does not have chunk " + chunk + " of blob "
                    + HexFormat.of().formatHex(request.getDigest().toByteArray()));
        }
        return stored;
    }

    private interface Streaming<T> {
        /** False when the caller went away. */
        boolean send(PacedStream<T> out) throws InterruptedException;
    }

    private <T> void stream(StreamObserver<T> responses, Streaming<T> body) {
        PacedStream<T> out = new PacedStream<>((ServerCallStreamObserver<T>) responses);
        execute(out::fail, () -> {
            try {
                if (body.send(out)) {
                    out.complete();
                } else {
                    out.fail(new VoronodeException.DeadlineExceeded("the caller did not take the answer in time"));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                out.fail(new VoronodeException.Unavailable("the node closes", e));
            } catch (RuntimeException e) {
                out.fail(e);
            }
        });
    }

    private <T> void answerBlocking(StreamObserver<T> responses, Supplier<T> body) {
        answer(responses, () -> CompletableFuture.supplyAsync(body, Context.currentContextExecutor(calls)));
    }

    private void execute(Consumer<Throwable> onRefusal, Runnable body) {
        try {
            Context.currentContextExecutor(calls).execute(body);
        } catch (RuntimeException e) {
            onRefusal.accept(new VoronodeException.Unavailable("the node closes", e));
        }
    }

    private static <T> void answer(StreamObserver<T> responses, Supplier<CompletableFuture<T>> body) {
        CompletableFuture<T> future;
        try {
            future = body.get();
        } catch (RuntimeException e) {
            responses.onError(Statuses.toGrpc(e));
            return;
        }
        var _ = future.whenComplete((response, error) -> {
            if (error != null) {
                responses.onError(Statuses.toGrpc(cause(error)));
            } else {
                responses.onNext(response);
                responses.onCompleted();
            }
        });
    }

    private static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }
}
