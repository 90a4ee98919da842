package io.voronode.shardnode.rpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the calls that end by themselves, all but streams from clients, so that a server can wait for them before it closes. */
final class OpenCalls implements ServerInterceptor {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();
    private int open;

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!call.getMethodDescriptor().getType().clientSendsOneMessage()) {
            return next.startCall(call, headers);
        }
        Counted counted = new Counted();
        try {
            return new CountingListener<>(next.startCall(call, headers), counted);
        } catch (RuntimeException e) {
            counted.ended();
            throw e;
        }
    }

    /** Waits until none is open; gives up after so long. */
    void awaitNone(Duration timeout) throws InterruptedException {
        long remaining = timeout.toNanos();
        lock.lock();
        try {
            while (open > 0 && remaining > 0) {
                remaining = none.awaitNanos(remaining);
            }
        } finally {
            lock.unlock();
        }
    }

    private void add(int calls) {
        lock.lock();
        try {
            open += calls;
            if (open == 0) {
                none.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** One call, counted out once. */
    private final class Counted {
        private final AtomicBoolean ended = new AtomicBoolean();

        Counted() {
            add(1);
        }

        void ended() {
            if (ended.compareAndSet(false, true)) {
                add(-1);
            }
        }
    }

    private static final class CountingListener<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Counted counted;

        CountingListener(ServerCall.Listener<Q> listener, Counted counted) {
            super(listener);
            this.counted = counted;
        }

        @Override
        public void onComplete() {
            counted.ended();
            super.onComplete();
        }

        @Override
        public void onCancel() {
            counted.ended();
            super.onCancel();
        }
    }
}
