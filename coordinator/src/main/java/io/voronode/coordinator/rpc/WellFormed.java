package io.voronode.coordinator.rpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Answers requests that are not protobuf, hold invalid UTF-8 or nest too deeply with INVALID_ARGUMENT. grpc-java parses a request
 * inside the call and answers UNKNOWN with a stack trace in the log for each that it cannot parse; here the marshaller hands
 * the failure on as a message of its own, and the handler closes the call.
 */
final class WellFormed {
    private final RateLimitedLog log =
            new RateLimitedLog(LoggerFactory.getLogger(WellFormed.class), Duration.ofSeconds(10));

    /** What the marshaller makes of bytes that cannot be parsed. */
    private record Malformed(String method, String why) {}

    /** The same service, safe against malformed requests. */
    ServerServiceDefinition guard(ServerServiceDefinition service) {
        Map<String, ServerMethodDefinition<?, ?>> guarded = new HashMap<>();
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(
                        service.getServiceDescriptor().getName())
                .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
        for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
            ServerMethodDefinition<?, ?> safe = guard(method);
            guarded.put(safe.getMethodDescriptor().getFullMethodName(), safe);
            descriptor.addMethod(safe.getMethodDescriptor());
        }
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(descriptor.build());
        guarded.values().forEach(definition::addMethod);
        return definition.build();
    }

    private <Q, R> ServerMethodDefinition<Object, R> guard(ServerMethodDefinition<Q, R> method) {
        MethodDescriptor<Q, R> descriptor = method.getMethodDescriptor();
        MethodDescriptor<Object, R> safe = descriptor.<Object, R>toBuilder(
                        new SafeMarshaller<>(descriptor.getFullMethodName(), descriptor.getRequestMarshaller()),
                        descriptor.getResponseMarshaller())
                .build();
        return ServerMethodDefinition.create(safe, new SafeHandler<>(method));
    }

    private record SafeMarshaller<Q>(String method, Marshaller<Q> marshaller) implements Marshaller<Object> {
        @Override
        public InputStream stream(Object value) {
            throw new UnsupportedOperationException("servers do not send requests");
        }

        @Override
        public Object parse(InputStream stream) {
            try {
                return marshaller.parse(stream);
            } catch (RuntimeException e) {
                String why =
                        e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
                return new Malformed(method, String.valueOf(why));
            }
        }
    }

    private final class SafeHandler<Q, R> implements ServerCallHandler<Object, R> {
        private final ServerMethodDefinition<Q, R> method;

        SafeHandler(ServerMethodDefinition<Q, R> method) {
            this.method = method;
        }

        @Override
        public ServerCall.Listener<Object> startCall(ServerCall<Object, R> call, Metadata headers) {
            ServerCall<Q, R> inner = new TypedCall<>(call, method.getMethodDescriptor());
            return new SafeListener<>(call, method.getServerCallHandler().startCall(inner, headers));
        }
    }

    private final class SafeListener<Q, R> extends ServerCall.Listener<Object> {
        private final ServerCall<Object, R> call;
        private final ServerCall.Listener<Q> delegate;
        private boolean malformed;

        SafeListener(ServerCall<Object, R> call, ServerCall.Listener<Q> delegate) {
            this.call = call;
            this.delegate = delegate;
        }

        @Override
        @SuppressWarnings("unchecked") // the marshaller makes either a Malformed or a Q
        public void onMessage(Object message) {
            if (message instanceof Malformed request) {
                refuse(request);
            } else if (!malformed) {
                delegate.onMessage((Q) message);
            }
        }

        private void refuse(Malformed request) {
            log.info(() -> "refused a malformed request to " + request.method() + ": " + request.why());
            if (!malformed) {
                malformed = true;
                call.close(
                        Status.INVALID_ARGUMENT.withDescription("the request is not well-formed: " + request.why()),
                        new Metadata());
                delegate.onCancel();
            }
        }

        @Override
        public void onHalfClose() {
            if (!malformed) {
                delegate.onHalfClose();
            }
        }

        @Override
        public void onCancel() {
            if (!malformed) {
                delegate.onCancel();
            }
        }

        @Override
        public void onComplete() {
            if (!malformed) {
                delegate.onComplete();
            }
        }

        @Override
        public void onReady() {
            if (!malformed) {
                delegate.onReady();
            }
        }
    }

    /** The call as the original handler knows it. */
    private static final class TypedCall<Q, R> extends ServerCall<Q, R> {
        private final ServerCall<Object, R> call;
        private final MethodDescriptor<Q, R> method;

        TypedCall(ServerCall<Object, R> call, MethodDescriptor<Q, R> method) {
            this.call = call;
            this.method = method;
        }

        @Override
        public void request(int messages) {
            call.request(messages);
        }

        @Override
        public void sendHeaders(Metadata headers) {
            call.sendHeaders(headers);
        }

        @Override
        public void sendMessage(R message) {
            call.sendMessage(message);
        }

        @Override
        public boolean isReady() {
            return call.isReady();
        }

        @Override
        public void close(Status status, Metadata trailers) {
            call.close(status, trailers);
        }

        @Override
        public boolean isCancelled() {
            return call.isCancelled();
        }

        @Override
        public void setCompression(String compressor) {
            call.setCompression(compressor);
        }

        @Override
        public void setMessageCompression(boolean enabled) {
            call.setMessageCompression(enabled);
        }

        @Override
        public io.grpc.Attributes getAttributes() {
            return call.getAttributes();
        }

        @Override
        public @org.jspecify.annotations.Nullable String getAuthority() {
            return call.getAuthority();
        }

        @Override
        public io.grpc.SecurityLevel getSecurityLevel() {
            return call.getSecurityLevel();
        }

        @Override
        public MethodDescriptor<Q, R> getMethodDescriptor() {
            return method;
        }
    }
}
