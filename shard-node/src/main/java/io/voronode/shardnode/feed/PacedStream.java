package io.voronode.shardnode.feed;

import io.grpc.stub.ServerCallStreamObserver;
import io.voronode.wire.Statuses;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The answers of a streaming call, sent no faster than the caller takes them. Make it before the call's method returns; one thread
 * sends, any thread may end the call.
 */
public final class PacedStream<T> {
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ServerCallStreamObserver<T> observer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean finished;

    public PacedStream(ServerCallStreamObserver<T> observer) {
        this.observer = observer;
        observer.setOnReadyHandler(this::wake);
        observer.setOnCancelHandler(this::wake);
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the caller can take more, and sends. False when the call is over or the caller took nothing for that long. */
    public boolean send(T message, long timeoutNanos) throws InterruptedException {
        return send(message, timeoutNanos, () -> {});
    }

    /** The same, for what is read from something that may have to close: this is asked before and while it waits, and then throws. */
    public boolean send(T message, long timeoutNanos, Runnable requireOpen) throws InterruptedException {
        if (!awaitReady(timeoutNanos, requireOpen)) {
            return false;
        }
        lock.lock();
        try {
            if (finished) {
                return false;
            }
            observer.onNext(message);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the caller can take more now or within the time. */
    public boolean awaitReady(long timeoutNanos) throws InterruptedException {
        return awaitReady(timeoutNanos, () -> {});
    }

    private boolean awaitReady(long timeoutNanos, Runnable requireOpen) throws InterruptedException {
        requireOpen.run();
        long remaining = timeoutNanos;
        lock.lockInterruptibly();
        try {
            while (!finished && !observer.isReady() && !observer.isCancelled()) {
                if (remaining <= 0) {
                    return false;
                }
                // In slices: a handler that ran before the wait is noticed soon.
                long slice = Math.min(remaining, SLICE_NANOS);
                remaining -= slice - Math.max(0, changed.awaitNanos(slice));
                requireOpen.run();
            }
            return !finished && !observer.isCancelled();
        } finally {
            lock.unlock();
        }
    }

    /** Any thread may end the call; only the first end counts. */
    public void complete() {
        finish(observer::onCompleted);
    }

    /** Any thread may end the call; only the first end counts. */
    public void fail(Throwable error) {
        finish(() -> observer.onError(Statuses.toGrpc(error)));
    }

    private void finish(Runnable end) {
        lock.lock();
        try {
            if (!finished && !observer.isCancelled()) {
                end.run();
            }
            finished = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
