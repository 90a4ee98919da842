package io.voronode.shardnode.shard;

import io.voronode.proto.internal.v1.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What feeds said and the apply thread has not looked at. Feeds put, one thread drains. It is bounded by the feed's own flow control
 * (8 MiB unacknowledged a subscription) because an advance takes the place of the one before it.
 */
final class Inbox {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Map<PartitionTail, Integer> lastOf = new HashMap<>();
    /** The highest position that a source of a partition has told of. */
    private final Map<Integer, Long> heads = new HashMap<>();

    private List<FeedEvent> events = new ArrayList<>();
    private boolean woken;

    void put(FeedEvent event) {
        lock.lock();
        try {
            heads.merge(event.tail().partition(), event.source().getIndex(), Math::max);
            Integer last = lastOf.get(event.tail());
            if (last != null && event instanceof FeedEvent.Advanced && events.get(last) instanceof FeedEvent.Advanced) {
                events.set(last, event);
                return;
            }
            lastOf.put(event.tail(), events.size());
            events.add(event);
            filled.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Log entries, summed over partitions, that sources have told of beyond these positions. Any thread. */
    long entriesBeyond(List<Position> positions) {
        lock.lock();
        try {
            return positions.stream()
                    .mapToLong(position -> heads.getOrDefault(position.getPartition(), 0L) - position.getIndex())
                    .filter(entries -> entries > 0)
                    .sum();
        } finally {
            lock.unlock();
        }
    }

    /** Drops what this tail's feed said. */
    void forget(PartitionTail tail) {
        lock.lock();
        try {
            events.removeIf(event -> event.tail() == tail);
            lastOf.clear();
            for (int i = 0; i < events.size(); i++) {
                lastOf.put(events.get(i).tail(), i);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends a waiting {@link #drain}, or the next one, at once. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            filled.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Takes everything; waits for something at most so long. */
    List<FeedEvent> drain(long timeoutNanos) throws InterruptedException {
        lock.lock();
        try {
            long remaining = timeoutNanos;
            while (events.isEmpty() && !woken && remaining > 0) {
                remaining = filled.awaitNanos(remaining);
            }
            List<FeedEvent> drained = events;
            events = new ArrayList<>();
            lastOf.clear();
            woken = false;
            return drained;
        } finally {
            lock.unlock();
        }
    }
}
