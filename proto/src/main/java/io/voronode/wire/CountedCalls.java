package io.voronode.wire;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Counts the bytes of calls by their methods. A call looks its method up once, its messages nothing. Any thread. */
final class CountedCalls implements ClientInterceptor {
    private final TrafficListener listener;
    private final ConcurrentMap<String, Tracers> methods = new ConcurrentHashMap<>();

    CountedCalls(TrafficListener listener) {
        this.listener = listener;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        Tracers known = methods.get(method.getFullMethodName());
        return next.newCall(method, options.withStreamTracerFactory(known == null ? tracers(method) : known));
    }

    private Tracers tracers(MethodDescriptor<?, ?> method) {
        return methods.computeIfAbsent(
                method.getFullMethodName(),
                name -> new Tracers(listener.of(
                        String.valueOf(method.getServiceName()), String.valueOf(method.getBareMethodName()))));
    }

    /** Gives all streams of a method the same tracer: it keeps nothing of a stream. */
    private static final class Tracers extends ClientStreamTracer.Factory {
        private final ClientStreamTracer tracer;

        Tracers(TrafficListener.Bytes bytes) {
            this.tracer = new Tracer(bytes);
        }

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return tracer;
        }
    }

    private static final class Tracer extends ClientStreamTracer {
        private final TrafficListener.Bytes bytes;

        Tracer(TrafficListener.Bytes bytes) {
            this.bytes = bytes;
        }

        @Override
        public void outboundWireSize(long size) {
            bytes.sent(size);
        }

        @Override
        public void inboundWireSize(long size) {
            bytes.received(size);
        }
    }
}
