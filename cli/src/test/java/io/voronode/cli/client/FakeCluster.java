package io.voronode.cli.client;

import io.grpc.stub.StreamObserver;
import io.voronode.proto.v1.ClusterServiceGrpc;
import io.voronode.proto.v1.DescribeClusterRequest;
import io.voronode.proto.v1.DescribeClusterResponse;
import io.voronode.proto.v1.DrainNodeRequest;
import io.voronode.proto.v1.DrainNodeResponse;
import io.voronode.proto.v1.NodeInfo;
import io.voronode.proto.v1.NodeState;
import io.voronode.proto.v1.OperationInfo;
import io.voronode.proto.v1.OperationKind;
import io.voronode.proto.v1.RebalanceMode;
import io.voronode.proto.v1.RebalanceRequest;
import io.voronode.proto.v1.RebalanceResponse;
import io.voronode.proto.v1.RecoverClusterRequest;
import io.voronode.proto.v1.RecoverClusterResponse;
import io.voronode.proto.v1.RemoveNodeRequest;
import io.voronode.proto.v1.RemoveNodeResponse;
import io.voronode.proto.v1.ReplicaMove;
import io.voronode.proto.v1.TreeChange;
import io.voronode.proto.v1.TreeChangeKind;
import io.voronode.proto.v1.UndrainNodeRequest;
import io.voronode.proto.v1.UndrainNodeResponse;
import io.voronode.wire.Statuses;
import io.voronode.wire.VoronodeException.Conflict;
import io.voronode.wire.VoronodeException.Reason;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A cluster whose tree lacks its format, and has a collection too many. A drain of its one node "n1" is done when the cluster has been shown
 * three times.
 */
public final class FakeCluster extends ClusterServiceGrpc.ClusterServiceImplBase {
    @Override
    public void recoverCluster(RecoverClusterRequest request, StreamObserver<RecoverClusterResponse> to) {
        answer(
                to,
                RecoverClusterResponse.newBuilder()
                        .setClusterUuid("abcd")
                        .setPartitionCount(6)
                        .addChanges(TreeChange.newBuilder()
                                .setKind(TreeChangeKind.TREE_CHANGE_KIND_DELETE)
                                .setPath("/voronode/voronode/collections/books"))
                        .addChanges(TreeChange.newBuilder()
                                .setKind(TreeChangeKind.TREE_CHANGE_KIND_CREATE)
                                .setPath("/voronode/voronode/format")
                                .setContent("{}"))
                        .addNotes("collection \"books\" is gone")
                        .setApplied(!request.getDryRun())
                        .build());
    }

    /** Orders that came, in a word or two. */
    public final List<String> orders = new CopyOnWriteArrayList<>();

    private RebalanceMode mode = RebalanceMode.REBALANCE_MODE_RUNNING;
    private long rate;
    private int left = 2;

    @Override
    public synchronized void describeCluster(
            DescribeClusterRequest request, StreamObserver<DescribeClusterResponse> to) {
        DescribeClusterResponse.Builder cluster = DescribeClusterResponse.newBuilder()
                .setRebalance(mode)
                .addNodes(NodeInfo.newBuilder()
                        .setNode("n1")
                        .setState(NodeState.NODE_STATE_DRAINING)
                        .setPartitionReplicas(left));
        if (left > 0) {
            cluster.addOperations(OperationInfo.newBuilder()
                    .setKind(OperationKind.OPERATION_KIND_DRAIN)
                    .setSubject("n1")
                    .setDetail(left + " replicas to go"));
            left--;
        }
        answer(to, cluster.build());
    }

    @Override
    public void drainNode(DrainNodeRequest request, StreamObserver<DrainNodeResponse> to) {
        orders.add("drain " + request.getNode());
        answer(to, DrainNodeResponse.getDefaultInstance());
    }

    @Override
    public void undrainNode(UndrainNodeRequest request, StreamObserver<UndrainNodeResponse> to) {
        orders.add("undrain " + request.getNode());
        answer(to, UndrainNodeResponse.getDefaultInstance());
    }

    @Override
    public void removeNode(RemoveNodeRequest request, StreamObserver<RemoveNodeResponse> to) {
        orders.add("remove " + request.getNode() + (request.getLost() ? " lost" : ""));
        if (request.getLost()) {
            answer(to, RemoveNodeResponse.getDefaultInstance());
        } else {
            to.onError(Statuses.toGrpc(new Conflict(Reason.NOT_POSSIBLE_NOW, "node \"n1\" still holds much")));
        }
    }

    @Override
    public synchronized void rebalance(RebalanceRequest request, StreamObserver<RebalanceResponse> to) {
        if (!request.getDryRun() && request.getMode() != RebalanceMode.REBALANCE_MODE_UNSPECIFIED) {
            mode = request.getMode();
        }
        if (!request.getDryRun() && request.hasScanBytesPerSecond()) {
            rate = request.getScanBytesPerSecond();
        }
        answer(
                to,
                RebalanceResponse.newBuilder()
                        .setMode(mode)
                        .setScanBytesPerSecond(rate)
                        .addMoves(ReplicaMove.newBuilder()
                                .setGroup("partition 7")
                                .setFrom("n1")
                                .setTo("n2")
                                .setBytes(3 << 20))
                        .build());
    }

    private static <T> void answer(StreamObserver<T> to, T message) {
        to.onNext(message);
        to.onCompleted();
    }
}
