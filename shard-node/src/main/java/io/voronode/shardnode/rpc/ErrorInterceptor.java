package io.voronode.shardnode.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.voronode.wire.Statuses;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes every exception of a service the status that {@link Statuses} has for it, whether it was thrown or given to the observer,
 * and logs those that are bugs, at most one a second.
 */
final class ErrorInterceptor implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorInterceptor.class);
    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong nextLogNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong unlogged = new AtomicLong();

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        MappingCall<Q, A> mapping = new MappingCall<>(call);
        try {
            return new MappingListener<>(next.startCall(mapping, headers), mapping);
        } catch (RuntimeException e) {
            mapping.fail(e);
            return new ServerCall.Listener<>() {};
        }
    }

    private void logBug(String method, Status status, @Nullable Throwable cause) {
        long due = nextLogNanos.get();
        long now = System.nanoTime();
        if (now - due >= 0 && nextLogNanos.compareAndSet(due, now + LOG_NANOS)) {
            LOG.error("{} failed: {} ({} more not shown)", method, status, unlogged.getAndSet(0), cause);
        } else {
            unlogged.incrementAndGet();
        }
    }

    private final class MappingCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final AtomicBoolean closed = new AtomicBoolean();

        MappingCall(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            Throwable cause = status.getCause();
            if (status.getCode() == Status.Code.UNKNOWN && cause != null) {
                fail(cause);
                return;
            }
            if (status.getCode() == Status.Code.INTERNAL) {
                logBug(getMethodDescriptor().getFullMethodName(), status, cause);
            }
            if (closed.compareAndSet(false, true)) {
                super.close(status, trailers);
            }
        }

        void fail(Throwable error) {
            StatusRuntimeException mapped = Statuses.toGrpc(error);
            Metadata trailers = mapped.getTrailers();
            if (mapped.getStatus().getCode() == Status.Code.INTERNAL) {
                logBug(getMethodDescriptor().getFullMethodName(), mapped.getStatus(), error);
            }
            if (closed.compareAndSet(false, true)) {
                super.close(mapped.getStatus(), trailers == null ? new Metadata() : trailers);
            }
        }
    }

    private static final class MappingListener<Q, A> extends SimpleForwardingServerCallListener<Q> {
        private final MappingCall<Q, A> call;

        MappingListener(ServerCall.Listener<Q> listener, MappingCall<Q, A> call) {
            super(listener);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            guard(() -> super.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            guard(super::onHalfClose);
        }

        @Override
        public void onReady() {
            guard(super::onReady);
        }

        private void guard(Runnable step) {
            try {
                step.run();
            } catch (RuntimeException e) {
                call.fail(e);
            }
        }
    }
}
