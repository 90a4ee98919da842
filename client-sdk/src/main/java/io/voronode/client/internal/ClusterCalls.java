package io.voronode.client.internal;

import io.grpc.MethodDescriptor;
import io.voronode.client.ClusterInfo;
import io.voronode.client.RebalanceMode;
import io.voronode.client.Rebalancing;
import io.voronode.client.RecoveryReport;
import io.voronode.proto.v1.ClusterServiceGrpc;
import io.voronode.proto.v1.DescribeClusterRequest;
import io.voronode.proto.v1.DrainNodeRequest;
import io.voronode.proto.v1.RebalanceRequest;
import io.voronode.proto.v1.RecoverClusterRequest;
import io.voronode.proto.v1.RemoveNodeRequest;
import io.voronode.proto.v1.UndrainNodeRequest;
import java.util.concurrent.CompletableFuture;

/** The calls of ClusterService. Any thread may use it. */
public final class ClusterCalls {
    private final Transport transport;
    private final Retries retries;

    ClusterCalls(Transport transport, Retries retries) {
        this.transport = transport;
        this.retries = retries;
    }

    public CompletableFuture<ClusterInfo> describe() {
        DescribeClusterRequest request = DescribeClusterRequest.getDefaultInstance();
        return retries.run((address, timeout) -> Futures.map(
                transport.unary(ClusterServiceGrpc.getDescribeClusterMethod(), request, address, timeout),
                ClusterMapper::cluster));
    }

    public CompletableFuture<Void> drain(String node) {
        return order(
                ClusterServiceGrpc.getDrainNodeMethod(),
                DrainNodeRequest.newBuilder().setNode(node).build());
    }

    public CompletableFuture<Void> undrain(String node) {
        return order(
                ClusterServiceGrpc.getUndrainNodeMethod(),
                UndrainNodeRequest.newBuilder().setNode(node).build());
    }

    public CompletableFuture<Void> remove(String node, boolean lost) {
        return order(
                ClusterServiceGrpc.getRemoveNodeMethod(),
                RemoveNodeRequest.newBuilder().setNode(node).setLost(lost).build());
    }

    private <Q, R> CompletableFuture<Void> order(MethodDescriptor<Q, R> method, Q request) {
        return Futures.done(retries.run((address, timeout) -> transport.unary(method, request, address, timeout)));
    }

    public CompletableFuture<Rebalancing> plan() {
        return rebalance(RebalanceRequest.newBuilder().setDryRun(true).build());
    }

    public CompletableFuture<Rebalancing> rebalance(RebalanceMode mode) {
        return rebalance(
                RebalanceRequest.newBuilder().setMode(ClusterMapper.mode(mode)).build());
    }

    public CompletableFuture<Rebalancing> limitScans(long bytesPerSecond) {
        return rebalance(RebalanceRequest.newBuilder()
                .setScanBytesPerSecond(bytesPerSecond)
                .build());
    }

    private CompletableFuture<Rebalancing> rebalance(RebalanceRequest request) {
        return retries.run((address, timeout) -> Futures.map(
                transport.unary(ClusterServiceGrpc.getRebalanceMethod(), request, address, timeout),
                ClusterMapper::rebalancing));
    }

    /** Has the cluster tree recovered, or told what that would write. */
    public CompletableFuture<RecoveryReport> recover(boolean dryRun) {
        RecoverClusterRequest request =
                RecoverClusterRequest.newBuilder().setDryRun(dryRun).build();
        return retries.run((address, timeout) -> Futures.map(
                transport.unary(ClusterServiceGrpc.getRecoverClusterMethod(), request, address, timeout),
                ClusterMapper::recovery));
    }
}
