package io.voronode.coordinator.control;

import io.grpc.stub.StreamObserver;
import io.voronode.coordinator.image.ClusterImages;
import io.voronode.proto.v1.ClusterServiceGrpc.ClusterServiceImplBase;
import io.voronode.proto.v1.DescribeClusterRequest;
import io.voronode.proto.v1.DescribeClusterResponse;
import io.voronode.proto.v1.DrainNodeRequest;
import io.voronode.proto.v1.DrainNodeResponse;
import io.voronode.proto.v1.RebalanceRequest;
import io.voronode.proto.v1.RebalanceResponse;
import io.voronode.proto.v1.RecoverClusterRequest;
import io.voronode.proto.v1.RecoverClusterResponse;
import io.voronode.proto.v1.RemoveNodeRequest;
import io.voronode.proto.v1.RemoveNodeResponse;
import io.voronode.proto.v1.UndrainNodeRequest;
import io.voronode.proto.v1.UndrainNodeResponse;

/** ClusterService: what the tree says, completed by what the nodes say; and the orders that change the cluster's shape. */
final class ClusterRpc extends ClusterServiceImplBase {
    private final ClusterImages images;
    private final NodeProbe probe;
    private final ClusterAdmin admin;
    private final RecoveryCall recovery;

    ClusterRpc(ClusterImages images, NodeProbe probe, ClusterAdmin admin, RecoveryCall recovery) {
        this.images = images;
        this.probe = probe;
        this.admin = admin;
        this.recovery = recovery;
    }

    @Override
    public void recoverCluster(RecoverClusterRequest request, StreamObserver<RecoverClusterResponse> observer) {
        Answers.answer(observer, () -> recovery.send(request, Answers.timeLeft()));
    }

    @Override
    public void describeCluster(DescribeClusterRequest request, StreamObserver<DescribeClusterResponse> observer) {
        Answers.answer(observer, () -> new ClusterMessages(images.current(), images.tree(), probe.recent()).message());
    }

    @Override
    public void drainNode(DrainNodeRequest request, StreamObserver<DrainNodeResponse> observer) {
        Answers.answer(observer, () -> {
            admin.drain(request.getNode());
            return DrainNodeResponse.getDefaultInstance();
        });
    }

    @Override
    public void undrainNode(UndrainNodeRequest request, StreamObserver<UndrainNodeResponse> observer) {
        Answers.answer(observer, () -> {
            admin.undrain(request.getNode());
            return UndrainNodeResponse.getDefaultInstance();
        });
    }

    @Override
    public void removeNode(RemoveNodeRequest request, StreamObserver<RemoveNodeResponse> observer) {
        Answers.answer(observer, () -> {
            admin.remove(request.getNode(), request.getLost());
            return RemoveNodeResponse.getDefaultInstance();
        });
    }

    @Override
    public void rebalance(RebalanceRequest request, StreamObserver<RebalanceResponse> observer) {
        Answers.answer(observer, () -> admin.rebalance(request));
    }
}
