package io.voronode.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.voronode.proto.v1.UpsertRequest;
import java.io.IOException;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server of users, which calls one within the cluster for each call. */
final class RequestIdsTest {
    private static final MethodDescriptor<UpsertRequest, Empty> OUTER =
            method("Outer", UpsertRequest.getDefaultInstance());
    private static final MethodDescriptor<Empty, Empty> INNER = method("Inner", Empty.getDefaultInstance());

    private final BlockingQueue<String> outer = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> inner = new LinkedBlockingQueue<>();
    private final Channels channels = new Channels();
    private final String front = "front-" + UUID.randomUUID();
    private final String back = "back-" + UUID.randomUUID();
    private Server frontServer;
    private Server backServer;

    private static <Q extends Message> MethodDescriptor<Q, Empty> method(String name, Q request) {
        return MethodDescriptor.<Q, Empty>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("test.Service/" + name)
                .setRequestMarshaller(ProtoUtils.marshaller(request))
                .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
                .build();
    }

    @BeforeEach
    void start() throws IOException {
        backServer = InProcessServerBuilder.forName(back)
                .intercept(RequestIds.ofCallers())
                .addService(ServerServiceDefinition.builder("test.Service")
                        .addMethod(INNER, ServerCalls.asyncUnaryCall((request, observer) -> {
                            inner.add(RequestId.current());
                            observer.onError(Status.DATA_LOSS.asRuntimeException());
                        }))
                        .build())
                .build()
                .start();
        frontServer = InProcessServerBuilder.forName(front)
                .intercept(RequestIds.ofUsers())
                .addService(ServerServiceDefinition.builder("test.Service")
                        .addMethod(OUTER, ServerCalls.asyncUnaryCall((request, observer) -> {
                            outer.add(RequestId.current());
                            try {
                                callBack();
                            } catch (StatusRuntimeException e) {
                                observer.onError(e);
                            }
                        }))
                        .build())
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        channels.close();
        frontServer.shutdownNow();
        backServer.shutdownNow();
    }

    private void callBack() {
        ClientCalls.blockingUnaryCall(
                channels.to(Channels.IN_PROCESS + back), INNER, CallOptions.DEFAULT, Empty.getDefaultInstance());
    }

    /** The id that its error names. */
    private String callFront(Metadata headers, UpsertRequest request) {
        Channel channel = ClientInterceptors.intercept(
                channels.to(Channels.IN_PROCESS + front), MetadataUtils.newAttachHeadersInterceptor(headers));
        try {
            ClientCalls.blockingUnaryCall(channel, OUTER, CallOptions.DEFAULT, request);
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DATA_LOSS);
            return String.valueOf(Objects.requireNonNull(e.getTrailers()).get(RequestId.HEADER));
        }
        throw new AssertionError("no error");
    }

    private static Metadata header(String id) {
        Metadata headers = new Metadata();
        headers.put(RequestId.HEADER, id);
        return headers;
    }

    @Test
    void theClientsIdIsThatOfAllCallsThatAreMadeForItsCallAndOfTheError() {
        assertThat(callFront(header("job-7/step-2"), UpsertRequest.getDefaultInstance()))
                .isEqualTo("job-7/step-2");

        assertThat(outer).containsExactly("job-7/step-2");
        assertThat(inner).containsExactly("job-7/step-2");
    }

    @Test
    void withoutOneTheRequestIdOfTheMessageIsTaken() {
        UpsertRequest request = UpsertRequest.newBuilder()
                .setRequestId(ByteString.copyFrom(new byte[] {1, 2, (byte) 0xFF}))
                .build();

        assertThat(callFront(new Metadata(), request)).isEqualTo("0102ff");
        assertThat(inner).containsExactly("0102ff");
    }

    @Test
    void withoutAnyOneIsMade() {
        String first = callFront(new Metadata(), UpsertRequest.getDefaultInstance());
        String second = callFront(new Metadata(), UpsertRequest.getDefaultInstance());

        assertThat(first).matches("[0-9a-f]{16}").isNotEqualTo(second);
        assertThat(inner).containsExactly(first, second);
    }

    @Test
    void whatNobodyCouldFindInALogIsReplaced() {
        assertThat(callFront(header("two words"), UpsertRequest.getDefaultInstance()))
                .matches("[0-9a-f]{16}");
        assertThat(callFront(header("x".repeat(129)), UpsertRequest.getDefaultInstance()))
                .matches("[0-9a-f]{16}");
    }

    @Test
    void callsWithinTheClusterThatNobodyAskedForHaveNone() {
        assertThatThrownBy(this::callBack).isInstanceOf(StatusRuntimeException.class);

        assertThat(inner).containsExactly("");
        assertThat(RequestId.current()).isEmpty();
    }
}
