package io.voronode.shardnode.rpc;

import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.AssignResponse;
import io.voronode.proto.internal.v1.DescribeNodeRequest;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.NodeServiceGrpc;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Takes the controller's orders and shows the node. */
public final class NodeRpc extends NodeServiceGrpc.NodeServiceImplBase {
    private final Consumer<AssignRequest> assign;
    private final Supplier<DescribeNodeResponse> describe;

    public NodeRpc(Consumer<AssignRequest> assign, Supplier<DescribeNodeResponse> describe) {
        this.assign = assign;
        this.describe = describe;
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
}
