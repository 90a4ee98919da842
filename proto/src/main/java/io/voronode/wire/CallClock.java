package io.voronode.wire;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Measures each call of a server, once: when the server closes it, before the client sees the answer, or when the client gives it up.
 * To be the outermost interceptor, so that it sees the status that the client gets.
 */
public final class CallClock implements ServerInterceptor {
    private final CallListener listener;

    public CallClock(CallListener listener) {
        this.listener = listener;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Measured measured = new Measured(call.getMethodDescriptor());
        return new MeasuredListener<>(next.startCall(new MeasuredCall<>(call, measured), headers), measured);
    }

    private final class Measured {
        private final MethodDescriptor<?, ?> method;
        private final long startNanos = System.nanoTime();
        private final AtomicBoolean ended = new AtomicBoolean();

        Measured(MethodDescriptor<?, ?> method) {
            this.method = method;
        }

        void ended(Status.Code code) {
            if (ended.compareAndSet(false, true)) {
                listener.ended(
                        String.valueOf(method.getServiceName()),
                        String.valueOf(method.getBareMethodName()),
                        code,
                        System.nanoTime() - startNanos);
            }
        }
    }

    private static final class MeasuredCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final Measured measured;

        MeasuredCall(ServerCall<Q, A> call, Measured measured) {
            super(call);
            this.measured = measured;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            measured.ended(status.getCode());
            super.close(status, trailers);
        }
    }

    private static final class MeasuredListener<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Measured measured;

        MeasuredListener(ServerCall.Listener<Q> listener, Measured measured) {
            super(listener);
            this.measured = measured;
        }

        @Override
        public void onCancel() {
            measured.ended(Status.Code.CANCELLED);
            super.onCancel();
        }

        /** Comes after the close of a call; without one, a handler has thrown and gRPC has answered UNKNOWN in its place. */
        @Override
        public void onComplete() {
            measured.ended(Status.Code.UNKNOWN);
            super.onComplete();
        }
    }
}
