package io.voronode.shardnode.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.AssignResponse;
import io.voronode.proto.internal.v1.DescribeNodeRequest;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.NodeServiceGrpc;
import io.voronode.proto.internal.v1.RebuildShardRequest;
import io.voronode.proto.internal.v1.RebuildShardResponse;
import io.voronode.proto.internal.v1.RecallClusterRequest;
import io.voronode.proto.internal.v1.RecallClusterResponse;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Takes the controller's orders and shows the node. */
public final class NodeRpc extends NodeServiceGrpc.NodeServiceImplBase {
    private final Consumer<AssignRequest> assign;
    private final Supplier<DescribeNodeResponse> describe;
    private final Supplier<RecallClusterResponse> recall;
    private final Function<RebuildShardRequest, CompletableFuture<Void>> rebuild;

    /** The last one ends when the old index is gone, or fails. */
    public NodeRpc(
            Consumer<AssignRequest> assign,
            Supplier<DescribeNodeResponse> describe,
            Supplier<RecallClusterResponse> recall,
            Function<RebuildShardRequest, CompletableFuture<Void>> rebuild) {
        this.assign = assign;
        this.describe = describe;
        this.recall = recall;
        this.rebuild = rebuild;
    }

    @Override
    public void assign(AssignRequest request, StreamObserver<AssignResponse> observer) {
        try {
            assign.accept(request);
        } catch (VoronodeException e) {
            observer.onError(Statuses.toGrpc(e));
            return;
        }
        observer.onNext(AssignResponse.getDefaultInstance());
        observer.onCompleted();
    }

    @Override
    public void describeNode(DescribeNodeRequest request, StreamObserver<DescribeNodeResponse> observer) {
        observer.onNext(describe.get());
        observer.onCompleted();
    }

    @Override
    public void recallCluster(RecallClusterRequest request, StreamObserver<RecallClusterResponse> observer) {
        observer.onNext(recall.get());
        observer.onCompleted();
    }

    @Override
    public void rebuildShard(RebuildShardRequest request, StreamObserver<RebuildShardResponse> observer) {
        CompletableFuture<Void> gone;
        try {
            gone = rebuild.apply(request);
        } catch (VoronodeException e) {
            observer.onError(Statuses.toGrpc(e));
            return;
        }
        if (observer instanceof ServerCallStreamObserver<RebuildShardResponse> call) {
            // Without a handler an answer to a caller that has gone would throw.
            call.setOnCancelHandler(() -> {});
        }
        var _ = gone.whenComplete((_, failure) -> {
            if (failure != null) {
                observer.onError(Statuses.toGrpc(failure));
            } else {
                observer.onNext(RebuildShardResponse.getDefaultInstance());
                observer.onCompleted();
            }
        });
    }
}
