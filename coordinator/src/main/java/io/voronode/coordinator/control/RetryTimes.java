package io.voronode.coordinator.control;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * When what has failed may be tried again: after twice the time of the last failure, up to an hour. One thread.
 *
 * @param <K> what it is known by
 */
final class RetryTimes<K> {
    private static final int MAX_DOUBLINGS = 10;
    private static final long MAX_DELAY_MS = Duration.ofHours(1).toMillis();

    private final long firstMs;
    private final Map<K, Failures> failures = new HashMap<>();

    private record Failures(int count, long notBeforeMs) {}

    RetryTimes(Duration first) {
        firstMs = first.toMillis();
    }

    boolean mayTry(K key, long nowMs) {
        Failures last = failures.get(key);
        return last == null || nowMs >= last.notBeforeMs();
    }

    void failed(K key, long nowMs) {
        Failures last = failures.get(key);
        int count = last == null ? 1 : last.count() + 1;
        long delay = Math.min(MAX_DELAY_MS, firstMs << Math.min(MAX_DOUBLINGS, count - 1));
        failures.put(key, new Failures(count, nowMs + delay));
    }

    /** How often it has failed since it last succeeded. */
    int failures(K key) {
        Failures last = failures.get(key);
        return last == null ? 0 : last.count();
    }

    void succeeded(K key) {
        failures.remove(key);
    }

    /** Forgets what is gone. */
    void retain(Predicate<K> present) {
        failures.keySet().removeIf(present.negate());
    }
}
