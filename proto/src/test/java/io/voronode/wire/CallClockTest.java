package io.voronode.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Empty;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CallClockTest {
    private static final MethodDescriptor<Empty, Empty> METHOD = MethodDescriptor.<Empty, Empty>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("test.Service/Call")
            .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .build();

    private record Ended(String service, String method, Status.Code code, long nanos) {}

    private final BlockingQueue<Ended> told = new LinkedBlockingQueue<>();
    private final CountDownLatch called = new CountDownLatch(1);
    private final Channels channels = new Channels();
    private final String name = "call-clock-" + UUID.randomUUID();
    private volatile ServerCalls.UnaryMethod<Empty, Empty> handler = CallClockTest::answer;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        ServerCallHandler<Empty, Empty> calls = ServerCalls.asyncUnaryCall((request, observer) -> {
            called.countDown();
            handler.invoke(request, observer);
        });
        server = InProcessServerBuilder.forName(name)
                .intercept(new CallClock(
                        (service, method, code, nanos) -> told.add(new Ended(service, method, code, nanos))))
                .addService(ServerServiceDefinition.builder("test.Service")
                        .addMethod(METHOD, calls)
                        .build())
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        channels.close();
        server.shutdownNow();
    }

    private static void answer(Empty request, StreamObserver<Empty> observer) {
        observer.onNext(request);
        observer.onCompleted();
    }

    private void call() {
        ClientCalls.blockingUnaryCall(channel(), METHOD, CallOptions.DEFAULT, Empty.getDefaultInstance());
    }

    private ManagedChannel channel() {
        return channels.to(Channels.IN_PROCESS + name);
    }

    @Test
    void tellsOfACallBeforeItsClientSeesTheAnswer() {
        long start = System.nanoTime();
        call();
        long atMost = System.nanoTime() - start;

        assertThat(told).hasSize(1).first().satisfies(ended -> {
            assertThat(ended.service()).isEqualTo("test.Service");
            assertThat(ended.method()).isEqualTo("Call");
            assertThat(ended.code()).isEqualTo(Status.Code.OK);
            assertThat(ended.nanos()).isBetween(1L, atMost);
        });
    }

    @Test
    void tellsTheStatusThatTheClientGets() {
        handler = (request, observer) -> observer.onError(Status.NOT_FOUND.asRuntimeException());

        assertThatThrownBy(this::call).isInstanceOf(StatusRuntimeException.class);

        assertThat(told).extracting(Ended::code).containsExactly(Status.Code.NOT_FOUND);
    }

    @Test
    void tellsOfAHandlerThatThrowsAsUnknown() throws InterruptedException {
        handler = (request, observer) -> {
            throw new IllegalStateException("a bug");
        };

        assertThatThrownBy(this::call).hasMessageContaining("UNKNOWN");

        assertThat(nextTold().code()).isEqualTo(Status.Code.UNKNOWN);
    }

    @Test
    void tellsOfACallThatItsClientGaveUpOnce() throws InterruptedException {
        handler = (request, observer) -> {};
        ClientCall<Empty, Empty> call = channel().newCall(METHOD, CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        call.sendMessage(Empty.getDefaultInstance());
        call.halfClose();
        assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();

        call.cancel("enough", null);

        assertThat(nextTold().code()).isEqualTo(Status.Code.CANCELLED);
        assertThat(told).isEmpty();
    }

    private Ended nextTold() throws InterruptedException {
        Ended ended = told.poll(10, TimeUnit.SECONDS);
        assertThat(ended).isNotNull();
        return ended;
    }
}
