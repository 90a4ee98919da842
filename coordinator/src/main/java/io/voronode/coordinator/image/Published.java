package io.voronode.coordinator.image;

import io.voronode.wire.VoronodeException.DeadlineExceeded;
import io.voronode.wire.VoronodeException.Unavailable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

/** A value that one thread replaces and any thread reads or waits for. */
final class Published<T> {
    private final Object lock = new Object();
    private volatile T value;
    private boolean closed;

    Published(T first) {
        value = first;
    }

    T get() {
        return value;
    }

    void replace(T next) {
        synchronized (lock) {
            value = next;
            lock.notifyAll();
        }
    }

    /** Ends all waiting. */
    void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
    }

    /**
     * Waits until a part of the value satisfies the condition.
     *
     * @throws DeadlineExceeded if it does not in time
     */
    <P> P await(Function<T, P> part, Predicate<P> condition, Duration timeout) {
        try {
            return awaitInterruptibly(part, condition, timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("interrupted while waiting for the cluster", e);
        }
    }

    private <P> P awaitInterruptibly(Function<T, P> part, Predicate<P> condition, Duration timeout)
            throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        synchronized (lock) {
            P present = part.apply(value);
            while (!condition.test(present)) {
                long leftMs = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (closed) {
                    throw new Unavailable("the coordinator is closing");
                }
                if (leftMs <= 0) {
                    throw new DeadlineExceeded("the cluster did not get there within " + timeout.toMillis() + " ms");
                }
                lock.wait(leftMs);
                present = part.apply(value);
            }
            return present;
        }
    }
}
