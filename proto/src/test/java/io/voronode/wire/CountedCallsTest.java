package io.voronode.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BytesValue;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told of calls to a server that answers with half of what it was sent. */
final class CountedCallsTest {
    private static final int BYTES = 100_000;
    /** Of a message's own: its length, and those of its fields. */
    private static final int ENVELOPE = 20;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final Channels channels = new Channels(this::bytesOf);
    private final List<Server> servers = new ArrayList<>();

    private TrafficListener.Bytes bytesOf(String service, String method) {
        asked.add(service + "/" + method);
        return new TrafficListener.Bytes() {
            @Override
            public void sent(long bytes) {
                count(method + " sent").add(bytes);
            }

            @Override
            public void received(long bytes) {
                count(method + " received").add(bytes);
            }
        };
    }

    private LongAdder count(String what) {
        return counts.computeIfAbsent(what, absent -> new LongAdder());
    }

    @AfterEach
    void stop() {
        channels.close();
        servers.forEach(Server::shutdownNow);
    }

    private Server start(ServerBuilder<?> builder) throws IOException {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder("test.Service");
        for (String name : List.of("Large", "Small")) {
            service.addMethod(method(name), ServerCalls.asyncUnaryCall((request, observer) -> {
                observer.onNext(message(request.getValue().size() / 2));
                observer.onCompleted();
            }));
        }
        Server server = builder.addService(service.build()).build().start();
        servers.add(server);
        return server;
    }

    private static MethodDescriptor<BytesValue, BytesValue> method(String name) {
        return MethodDescriptor.<BytesValue, BytesValue>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("test.Service/" + name)
                .setRequestMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
                .build();
    }

    private static BytesValue message(int bytes) {
        return BytesValue.newBuilder()
                .setValue(UnsafeByteOperations.unsafeWrap(new byte[bytes]))
                .build();
    }

    private void call(String address, String method, int bytes) {
        BytesValue answer = ClientCalls.blockingUnaryCall(
                channels.to(address), method(method), CallOptions.DEFAULT, message(bytes));
        assertThat(answer.getValue().size()).isEqualTo(bytes / 2);
    }

    @Test
    void whatGoesOverAConnectionIsCountedByMethodAndDirection() throws IOException {
        Server server =
                start(NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        String address = "127.0.0.1:" + server.getPort();

        call(address, "Large", BYTES);
        call(address, "Large", BYTES);
        call(address, "Small", 100);

        assertThat(asked).containsExactly("test.Service/Large", "test.Service/Small");
        assertThat(count("Large sent").sum()).isBetween(2L * BYTES, 2L * (BYTES + ENVELOPE));
        assertThat(count("Large received").sum()).isBetween((long) BYTES, BYTES + 2L * ENVELOPE);
        assertThat(count("Small sent").sum()).isBetween(100L, 100L + ENVELOPE);
        assertThat(count("Small received").sum()).isBetween(50L, 50L + ENVELOPE);
    }

    @Test
    void whatStaysInTheProcessHasNoBytes() throws IOException {
        String name = "counted-calls-" + UUID.randomUUID();
        assertThat(start(InProcessServerBuilder.forName(name)).isShutdown()).isFalse();

        call(Channels.IN_PROCESS + name, "Small", 100);

        assertThat(asked).containsExactly("test.Service/Small");
        assertThat(counts).isEmpty();
    }
}
