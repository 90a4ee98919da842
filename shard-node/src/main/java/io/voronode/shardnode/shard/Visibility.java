package io.voronode.shardnode.shard;

import io.voronode.proto.internal.v1.Position;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What of a replica can be searched now, and who waits for more. The apply thread publishes; any thread acquires and waits. A
 * waiter wakes the apply thread, which then refreshes at once.
 */
final class Visibility {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicInteger waiters = new AtomicInteger();
    private volatile @Nullable PublishedIndex current;
    private volatile boolean ended;
    private volatile boolean closed;
    private volatile Runnable waker = () -> {};

    /** Who is woken when somebody starts to wait. */
    void wakes(Runnable applyThread) {
        waker = applyThread;
    }

    boolean hasWaiters() {
        return waiters.get() > 0;
    }

    /** The generation has ended: for good. */
    void end() {
        ended = true;
        signal();
    }

    boolean ended() {
        return ended;
    }

    /** Replaces what is seen; null: nothing. The old state lives until its last search is done. */
    void publish(@Nullable PublishedIndex next) throws IOException {
        PublishedIndex previous = current;
        current = next;
        signal();
        if (previous != null) {
            previous.release();
        }
    }

    /** Nobody waits any more. */
    void close() {
        closed = true;
        signal();
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    PublishedIndex peek() {
        return current;
    }

    /** The current state with a reference for the caller; null when there is none. */
    @Nullable
    PublishedIndex acquire() {
        for (PublishedIndex seen = current; seen != null; seen = current) {
            if (seen.tryAcquire()) {
                return seen;
            }
        }
        return null;
    }

    /** Waits until all positions are contained; false at the deadline (of System.nanoTime), at the end of the generation and when closed. */
    boolean await(List<Position> positions, long deadlineNanos) throws InterruptedException {
        if (contains(positions)) {
            return true;
        }
        waiters.incrementAndGet();
        try {
            waker.run();
            return awaitSignalled(positions, deadlineNanos);
        } finally {
            waiters.decrementAndGet();
        }
    }

    private boolean awaitSignalled(List<Position> positions, long deadlineNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!contains(positions)) {
                long remaining = deadlineNanos - System.nanoTime();
                if (ended || closed || remaining <= 0) {
                    return false;
                }
                changed.awaitNanos(remaining);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean contains(List<Position> positions) {
        PublishedIndex seen = current;
        return seen != null && seen.contains(positions);
    }
}
