package io.voronode.coordinator.control;

import io.grpc.stub.StreamObserver;
import io.voronode.coordinator.image.ClusterImages;
import io.voronode.proto.v1.ClusterServiceGrpc.ClusterServiceImplBase;
import io.voronode.proto.v1.DescribeClusterRequest;
import io.voronode.proto.v1.DescribeClusterResponse;

/** ClusterService: what the tree says, completed by what the nodes say. */
final class ClusterRpc extends ClusterServiceImplBase {
    private final ClusterImages images;
    private final NodeProbe probe;

    ClusterRpc(ClusterImages images, NodeProbe probe) {
        this.images = images;
        this.probe = probe;
    }

    @Override
    public void describeCluster(DescribeClusterRequest request, StreamObserver<DescribeClusterResponse> observer) {
        Answers.answer(observer, () -> new ClusterMessages(images.current(), images.tree(), probe.recent()).message());
    }
}
