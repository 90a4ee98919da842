package io.voronode.client.internal;

import io.voronode.client.ClusterInfo;
import io.voronode.proto.v1.ClusterServiceGrpc;
import io.voronode.proto.v1.DescribeClusterRequest;
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
}
