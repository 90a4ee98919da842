package io.voronode.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.google.protobuf.Empty;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.voronode.wire.Channels;
import io.voronode.wire.RequestId;
import io.voronode.wire.RequestIds;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestConverterTest {
    private static final MethodDescriptor<Empty, Empty> METHOD = MethodDescriptor.<Empty, Empty>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("test.Service/Call")
            .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .build();

    @TempDir
    Path folder;

    @Test
    void linesOfACallHaveItsIdAndOthersNone() throws Exception {
        Path file = folder.resolve("log");
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        var log = context.getLogger("test");
        log.addAppender(Appenders.file(context, file));
        String name = "request-converter";
        Server server = InProcessServerBuilder.forName(name)
                .intercept(RequestIds.ofUsers())
                .addService(ServerServiceDefinition.builder("test.Service")
                        .addMethod(METHOD, ServerCalls.asyncUnaryCall((request, observer) -> {
                            log.warn("in a call");
                            observer.onNext(request);
                            observer.onCompleted();
                        }))
                        .build())
                .build()
                .start();
        try (Channels channels = new Channels()) {
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of(RequestId.NAME, Metadata.ASCII_STRING_MARSHALLER), "job-7");
            ClientCalls.blockingUnaryCall(
                    channels.to(Channels.IN_PROCESS + name), METHOD, CallOptions.DEFAULT, Empty.getDefaultInstance());
            ClientCalls.blockingUnaryCall(
                    ClientInterceptors.intercept(
                            channels.to(Channels.IN_PROCESS + name),
                            MetadataUtils.newAttachHeadersInterceptor(headers)),
                    METHOD,
                    CallOptions.DEFAULT,
                    Empty.getDefaultInstance());
            log.warn("in none");
        } finally {
            server.shutdownNow();
            context.stop();
        }

        assertThat(Files.readAllLines(file))
                .satisfiesExactly(
                        made -> assertThat(made).matches(".* test - \\[[0-9a-f]{16}] in a call"),
                        sent -> assertThat(sent).endsWith(" test - [job-7] in a call"),
                        none -> assertThat(none).endsWith(" test - in none"));
    }
}
