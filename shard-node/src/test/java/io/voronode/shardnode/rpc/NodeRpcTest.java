package io.voronode.shardnode.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.RebuildShardRequest;
import io.voronode.proto.internal.v1.RebuildShardResponse;
import io.voronode.proto.internal.v1.RecallClusterResponse;
import io.voronode.wire.VoronodeException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class NodeRpcTest {
    @Test
    void answersARebuildThatFails() {
        CompletableFuture<Void> rebuild = new CompletableFuture<>();
        CompletableFuture<Void> answer = new CompletableFuture<>();
        NodeRpc rpc = new NodeRpc(
                _ -> {},
                DescribeNodeResponse::getDefaultInstance,
                RecallClusterResponse::getDefaultInstance,
                _ -> rebuild);
        rpc.rebuildShard(RebuildShardRequest.getDefaultInstance(), observer(answer));
        assertThat(answer).isNotDone();

        rebuild.completeExceptionally(new VoronodeException.Unavailable("closing"));

        assertThat(Status.fromThrowable(answer.exceptionNow()).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    private static StreamObserver<RebuildShardResponse> observer(CompletableFuture<Void> answer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(RebuildShardResponse response) {}

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                answer.complete(null);
            }
        };
    }
}
