package io.voronode.shardnode.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.voronode.proto.internal.v1.AssignRequest;
import io.voronode.proto.internal.v1.AssignResponse;
import io.voronode.proto.internal.v1.DescribeNodeRequest;
import io.voronode.proto.internal.v1.DescribeNodeResponse;
import io.voronode.proto.internal.v1.NodeServiceGrpc;
import io.voronode.wire.CallListener;
import io.voronode.wire.Channels;
import io.voronode.wire.VoronodeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RpcServerTest {
    private final Channels channels = new Channels();
    private final Awkward service = new Awkward();
    private final List<Status.Code> answered = new CopyOnWriteArrayList<>();
    private final RpcServer server =
            RpcServer.start("127.0.0.1:0", List.of(service), (service, method, code, nanos) -> answered.add(code));

    /** Throws what it is told by the epoch, and describes when it may. */
    private static final class Awkward extends NodeServiceGrpc.NodeServiceImplBase {
        private final CountDownLatch called = new CountDownLatch(1);
        private final CountDownLatch answer = new CountDownLatch(1);

        @Override
        public void assign(AssignRequest request, StreamObserver<AssignResponse> observer) {
            switch ((int) request.getEpoch()) {
                case 1 -> throw new VoronodeException.BadInput("epoch 1 is too odd");
                case 2 -> observer.onError(new VoronodeException.NotFound("no epoch 2"));
                default -> throw new IllegalStateException("broken");
            }
        }

        @Override
        public void describeNode(DescribeNodeRequest request, StreamObserver<DescribeNodeResponse> observer) {
            called.countDown();
            try {
                assertThat(answer.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            observer.onNext(DescribeNodeResponse.newBuilder().setNode("n").build());
            observer.onCompleted();
        }
    }

    @AfterEach
    void stop() {
        service.answer.countDown();
        server.drain(Duration.ofSeconds(5));
        channels.close();
    }

    private NodeServiceGrpc.NodeServiceBlockingStub stub() {
        return NodeServiceGrpc.newBlockingStub(channels.to(server.address())).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private void assign(long epoch) {
        AssignResponse response =
                stub().assign(AssignRequest.newBuilder().setEpoch(epoch).build());
        assertThat(response).isNotNull();
    }

    @Test
    void whatAServiceThrowsOrReportsHasItsStatus() {
        assertThatThrownBy(() -> assign(1)).hasMessage("INVALID_ARGUMENT: epoch 1 is too odd");
        assertThatThrownBy(() -> assign(2)).hasMessage("NOT_FOUND: no epoch 2");
        assertThatThrownBy(() -> assign(3)).hasMessage("INTERNAL: broken");
        assertThat(answered).containsExactly(Status.Code.INVALID_ARGUMENT, Status.Code.NOT_FOUND, Status.Code.INTERNAL);
    }

    @Test
    void aCallThatRunsIsAnsweredBeforeTheServerIsClosed() throws Exception {
        try (ExecutorService caller = Executors.newFixedThreadPool(2)) {
            Future<String> answer = caller.submit(() -> stub().describeNode(DescribeNodeRequest.getDefaultInstance())
                    .getNode());
            assertThat(service.called.await(20, TimeUnit.SECONDS)).isTrue();
            Future<?> draining = caller.submit(() -> server.drain(Duration.ofSeconds(20)));
            service.answer.countDown();

            assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("n");
            draining.get(20, TimeUnit.SECONDS);
            assertThatThrownBy(() -> assign(1)).hasMessageStartingWith("UNAVAILABLE");
        }
    }

    @Test
    void anAddressThatIsNoneIsRefused() {
        assertThatThrownBy(() -> RpcServer.start("7710", List.of(), CallListener.NONE))
                .isInstanceOf(VoronodeException.BadInput.class)
                .hasMessage("address \"7710\" is not host:port with a port up to 65535, nor in-process:NAME");
        assertThatThrownBy(() -> RpcServer.start("127.0.0.1:99999", List.of(), CallListener.NONE))
                .isInstanceOf(VoronodeException.BadInput.class);
    }
}
