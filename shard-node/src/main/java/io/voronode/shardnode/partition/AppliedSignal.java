package io.voronode.shardnode.partition;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Tells how far a replica has applied and wakes those who wait for more. The apply thread advances it, any thread waits. */
final class AppliedSignal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition advanced = lock.newCondition();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile long index;

    long index() {
        return index;
    }

    /** May go back when a replica starts again from an older snapshot. */
    void advance(long newIndex) {
        lock.lock();
        try {
            index = newIndex;
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
        listeners.forEach(Runnable::run);
    }

    void addListener(Runnable listener) {
        listeners.add(listener);
    }

    void removeListener(Runnable listener) {
        listeners.remove(listener);
    }

    /** Waits until the index is at least this; false when the time is over. */
    boolean await(long wanted, long timeoutNanos) throws InterruptedException {
        if (index >= wanted) {
            return true;
        }
        long remaining = timeoutNanos;
        lock.lockInterruptibly();
        try {
            while (index < wanted) {
                if (remaining <= 0) {
                    return false;
                }
                remaining = advanced.awaitNanos(remaining);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
